# Private repositories open with a token that is nowhere afterwards; submodules come along; a submodule cannot name a folder.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served empty && new_repository served/part.git && new_repository served/app.git
echo part >served/part.git/part && commit_all served/part.git part
serve_git served s3cret-token
git -c protocol.file.allow=always -C served/app.git submodule --quiet add "$place/served/part.git" lib
git -C served/app.git config --file .gitmodules submodule.lib.url ../part.git
commit_all served/app.git first
echo s3cret-token >token
private() { builder build -q --secret id=GIT_AUTH_TOKEN,src=token -t it -f - empty <<<$'FROM base\nADD '"$1"$' /src/'; }
assert_refused -f - empty <<<$'FROM base\nADD '"$url/app.git"$' /src/'
assert_contains "$output" "GIT_AUTH_TOKEN"
private "$url/app.git" >/dev/null
assert_equal "$(file it /src/lib/part)" part
assert_lacks "$(layer it)" ".git "
private "$url/app.git?submodules=false" >/dev/null
assert_lacks "$(layer it)" "part"
! grep -rq s3cret-token store || fail "the token is in the store: $(grep -rl s3cret-token store)"
printf 'basic %s' "$(printf 'x-access-token:s3cret-token' | base64 -w0)" >header
builder build -q --secret id="GIT_AUTH_HEADER.${url#http://}",src=header -t it -f - empty >/dev/null <<<$'FROM base\nADD '"$url/app.git#main"$' /src/'

git -C served/app.git config --file .gitmodules submodule.lib.url "$place/served/part.git"
commit_all served/app.git hostile
assert_fails_with 125 private "$url/app.git"
assert_contains "$output" "transport 'file' not allowed"
