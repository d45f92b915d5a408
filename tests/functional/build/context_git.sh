# A git URL is a context: branch and subfolder, its own ignore file, links that do not lead out; SOURCE_DATE_EPOCH=context.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served && new_repository served/app.git
mkdir served/app.git/sub
printf 'FROM base\nCOPY . /all/\n' | tee served/app.git/sub/Dockerfile >served/app.git/Containerfile
echo secret >served/app.git/left-out && echo left-out >served/app.git/.dockerignore && echo x >served/app.git/sub/file
ln -s /etc/passwd served/app.git/sub/Linked
commit_all served/app.git first
serve_git served
builder build -q -t it "$url/app.git" >/dev/null
assert_line "$(layer it)" "all/sub/file file 0644 0:0 2"
assert_lacks "$(layer it)" left-out
assert_lacks "$(layer it)" "all/.git "
builder build -q -t it "$url/app.git#main:sub" >/dev/null
assert_line "$(layer it)" "all/file file 0644 0:0 2"
builder build -q -t it --build-arg BUILDKIT_CONTEXT_KEEP_GIT_DIR=1 "$url/app.git" >/dev/null
assert_contains "$(layer it)" "all/.git/HEAD"
assert_fails_with 125 builder build -t it -f Linked "$url/app.git#main:sub"
assert_contains "$output" "Linked"
assert_lacks "$output" "root:"
builder build -q -t it --build-arg SOURCE_DATE_EPOCH=context "$url/app.git" >/dev/null
assert_equal "$(builder inspect it | jq -r .OCIv1.created)" "2020-02-02T02:02:02Z"
assert_fails_with 125 builder build -t it "$url/app.git#main:nowhere"
