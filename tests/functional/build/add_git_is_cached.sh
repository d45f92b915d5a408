# A repository that did not change is asked, not fetched; a new commit is what is fetched, and nothing else.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served empty && new_repository served/app.git
echo one >served/app.git/file && commit_all served/app.git first
serve_git served
run_build() { builder build --build-arg URL="$url/app.git" -t it -f - empty 2>&1 <<<$'FROM base\nARG URL\nADD $URL /src/'; }
run_build >/dev/null
id=$(builder inspect it | jq -r .FromImageID)
: >git.log
assert_contains "$(run_build)" "--> Using cache"
assert_equal "$(builder inspect it | jq -r .FromImageID)" "$id"

requests=$(grep -c POST git.log)
assert_equal "$requests" 1 "requests of a cached step"
echo two >served/app.git/file && commit_all served/app.git second
run_build >/dev/null
assert_equal "$(file it /src/file)" two
# The same commit by its whole name needs no question.
commit=$(git -C served/app.git rev-parse HEAD)
by_commit() { builder build -q -t it -f - empty <<<$'FROM base\nADD '"$url/app.git#$commit"$' /src/'; }
by_commit >/dev/null
: >git.log
by_commit >/dev/null
assert_equal "$(cat git.log)" "" "requests"
