# builder.toml of a context: defaults for what the command line leaves out, and nothing that gives a build more rights.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/deploy
printf 'FROM base AS app\nARG VERSION=1\nRUN echo $VERSION >/version\nFROM app AS last\nRUN touch /last\n' >context/deploy/File
cat >context/builder.toml <<'X'
[build]
file = "deploy/File"
target = "app"
tags = ["app:dev", "app:other"]
progress = "quiet"
platform = "linux/amd64"
[build.args]
VERSION = "2"
X
id=$(builder build context)
assert_equal "$(builder images -q app:dev) $(builder images -q app:other)" "${id::12} ${id::12}"
assert_equal "$(file app:dev /version)" 2
assert_lacks "$(layer app:dev)" last
# The command line counts more.
cp context/deploy/File mine
builder build -q -f mine --target last --build-arg VERSION=3 -t mine context >quiet
assert_equal "$(file mine /version)" 3
assert_contains "$(layer mine)" last
assert_equal "$(builder images -q app:dev)" "${id::12}" "a tag was given, so the file's are not"
# Other contexts have no such file.
printf 'FROM base\n' | builder build -q - >quiet
refused() { # WORDS TEXT
    printf '%s\n' "$2" >context/builder.toml
    assert_fails_with 125 builder build context
    assert_contains "$output" "context/builder.toml"
    assert_contains "$output" "$1"
}
refused "a key 'volume', which a project's file cannot set" $'[build]\nvolume = "/:/host"'
refused "a key 'engine'" $'[engine.x]\nhost = "y"'
refused "a key 'store'" $'[store]\nkeep-size = "1"'
refused "leads out of the context" $'[build]\nfile = "../mine"'
refused "leads out of the context" $'[build]\nfile = "/etc/passwd"'
refused "names a registry" $'[build]\ntags = ["quay.io/somebody/app"]'
refused "builder.toml" $'[build\n'
printf '[build]\ntags = ["app"]\n' >context/builder.toml
assert_fails_with 125 builder build --push context
assert_contains "$output" "say what to push with --tag"
# A link in a context leads nowhere else.
echo 'FROM base' >outside
ln -s ../outside context/link
printf '[build]\nfile = "link"\n' >context/builder.toml
assert_fails_with 125 builder build context
assert_contains "$output" "is not in the context"
refused "would be preprocessed" $'[build]\nfile = "x.in"'
# Nor does builder.toml itself; what is no regular file is not waited for.
rm context/builder.toml
printf '[build]\ntarget = "nosuch"\n' >outside.toml
ln -s ../outside.toml context/builder.toml
builder build -q -f mine context >quiet
rm context/builder.toml && mkfifo context/builder.toml
assert_fails_with 125 timeout 20 "$program" --root "$place/store" --runroot "$place/run" build -q -f mine context
assert_contains "$output" "it is no regular file"
rm context/builder.toml
# A tag that names a place would be a file of the caller; names of others stay theirs; nothing is preprocessed, nor nested without end.
refused "names a place" $'[build]\ntags = ["dir:evil"]'
refused "names a place" $'[build]\ntags = ["docker-archive:Makefile"]'
refused "would be preprocessed" $'[build]\nfile = ".in"'
"$python" -c "print('[' + '.'.join('a' for i in range(100000)) + ']')" >context/builder.toml
assert_fails_with 125 builder build context
assert_contains "$output" "a key of more than"
rm context/link
printf 'FROM base\nRUN echo of the project >/whose\n' >context/Containerfile
printf '[build]\ntags = ["taken", "free"]\n' >context/builder.toml
builder tag base taken
before=$(builder images -q taken)
builder build context >said 2>&1 || fail "$(cat said)"
assert_contains "$(cat said)" "localhost/taken:latest of context/builder.toml stays the name of"
assert_equal "$(builder images -q taken)" "$before"
assert_equal "$(file free /whose)" "of the project"
# Its own image is another one after a change: the name goes with it.
printf 'FROM base\nRUN echo changed >/whose\n' >context/Containerfile
builder build context >said 2>&1 || fail "$(cat said)"
assert_equal "$(file free /whose)" changed
