# ADD takes a git repository: branch, tag, commit, subfolder, checksum, with and without .git.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served && new_repository served/app.git
mkdir served/app.git/sub && echo one >served/app.git/file && echo below >served/app.git/sub/inner && ln -s file served/app.git/link
chmod +x served/app.git/sub/inner
commit_all served/app.git first
first=$(git -C served/app.git rev-parse HEAD)
git -C served/app.git tag v1
git -C served/app.git -c user.name=t -c user.email=t@localhost tag --annotate --message note v1a
echo two >served/app.git/file && commit_all served/app.git second
serve_git served

add() { build_empty --build-arg URL="$url/app.git" <<<$'FROM base\nARG URL\nADD '"$*"; }
add '$URL /src/'
assert_equal "$(file it /src/file)" two "the default branch"
assert_lacks "$(layer it)" ".git"
assert_line "$(layer it)" "src/file file 0644 0:0 4"
assert_line "$(layer it)" "src/sub/inner file 0755 0:0 6"
assert_line "$(layer it)" "src/link link 0777 0:0 0 -> file"
for ref in v1 v1a refs/tags/v1 "$first" "${first:0:9}"; do
    add "\$URL#$ref /src"
    assert_equal "$(file it /src/file)" one "$ref"
done
add '$URL?tag=v1&subdir=sub /src'
assert_line "$(layer it)" "src/inner file 0755 0:0 6"
assert_lacks "$(layer it)" "src/file"
add '$URL#main:sub /src'
assert_line "$(layer it)" "src/inner file 0755 0:0 6"
add '--exclude=sub --chown=7:8 $URL /src'
assert_lacks "$(layer it)" "inner"
assert_line "$(layer it)" "src/file file 0644 7:8 4"
add "--checksum=$first \$URL#v1 /src"
add '--keep-git-dir=true $URL#v1a /src'
mkdir out && builder build -q --build-arg URL="$url/app.git" -o out -f - empty >/dev/null <<<$'FROM scratch\nARG URL\nADD --keep-git-dir $URL#v1a /'
assert_equal "$(git -C out -c safe.directory='*' describe --tags --exact-match)" v1a "the tag is there"
assert_equal "$(git -C out -c safe.directory='*' status --porcelain)" "" "nothing is changed"
assert_equal "$(git -C out -c safe.directory='*' remote get-url origin)" "$url/app.git"
add '$URL?mtime=commit /src'
assert_line "$("$python" "$tests/image_facts.py" "$(write_oci it)" times -1)" "src/file 1580608922"

refused() { assert_fails_with 125 builder build --build-arg URL="$url/app.git" -f - empty <<<$'FROM base\nARG URL\nADD '"$*"; }
refused '--checksum=1234567 $URL#v1 /src'
assert_contains "$output" "$first"
refused '$URL#nowhere /src'
assert_contains "$output" "there is no 'nowhere' in '$url/app.git'"
refused '$URL#main:nowhere /src'
assert_contains "$output" "there is no folder 'nowhere'"
refused '$URL?keep-git-dir=true --keep-git-dir=false /src'
refused "$url/missing.git /src"
assert_contains "$output" "cannot ask '$url/missing.git'"
