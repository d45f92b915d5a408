# Words that hold what a part of builder takes for its own sign, or are longer than its messages: they arrive as they are, or are
# refused, and nothing else comes of them.
. "$(dirname "$0")/../library.sh"
needs_root
# The store's own folder has the signs of a list of layers, of options and of escapes in its name (CVE-2022-0811).
mkdir 'x,lowerdir=b:c\d"'
signs="$place/x,lowerdir=b:c\\d\""
builder() { "$program" --root "$signs/store" --runroot "$place/run" "$@"; }
make_base
mkdir empty context
build_empty <<<$'FROM base\nRUN echo text >/file && rm /bin/vi'
assert_equal "$(file it /file)" text
container=$(builder from it)
builder run "$container" -- sh -c '! test -e /bin/vi && cat /file' >listed
assert_equal "$(cat listed)" text
point=$(builder mount "$container")
assert_equal "$(cat "$point/file")" text
builder umount "$container" >/dev/null

# An argument of 120,000 bytes, and 3,000 of 40 bytes in all (CVE-2021-43784).
long=$(printf '%0120000d' 0)
assert_equal "$(builder run "$container" -- sh -c 'echo ${#1}' sh "$long")" 120000
# shellcheck disable=SC2046 # words
assert_equal "$(builder run "$container" -- sh -c 'echo $# $*' sh $(seq -f 'word-%035g' 3000) | wc -c)" 123005
printf 'FROM base\nRUN ["/bin/sh", "-c", "echo ${#0} >/size", "%s"]\n' "${long:0:60000}" >Containerfile
build -f Containerfile empty </dev/null
assert_equal "$(file it /size)" 60000

# A name that only begins as a place of the system's does is nobody's (CVE-2026-48785).
for folder in /proc2 /process /sysroot /devices /dev2/null; do
    build_empty <<<$'FROM base\nRUN --mount=type=tmpfs,target='"$folder"$' touch '"$folder/here"
    builder run --mount type=tmpfs,target=$folder "$container" -- touch $folder/here
done
assert_fails_with 125 builder build -f - empty <<<$'FROM base\nRUN --mount=type=tmpfs,target=/proc/x true'
touch context/build context/builder context/build.txt && printf 'build\n' >context/.dockerignore
build context <<<$'FROM base\nCOPY . /all/'
assert_equal "$(layer it | grep -o '^all/build[^ ]*')" $'all/build.txt\nall/builder'

# Values are those of a list (CVE-2024-9407).
for option in bind-propagation=evil propagation=shared,x sharing=all relabel=x frob=1 'ro=maybe'; do
    assert_fails_with 125 builder build -f - empty <<<$'FROM base\nRUN --mount=type=bind,from=base,target=/x,'"$option"' true'
    assert_fails_with 125 builder run --mount "type=bind,source=$place,target=/x,$option" "$container" -- true
done

# A wildcard goes through no link, be it of a context or of an image (CVE-2019-18466).
mkdir outside && echo of-the-host >outside/file
ln -s "$place/outside" context/link && mkdir context/lone && echo own >context/lone/file
build context <<<$'FROM base\nCOPY l*/file /copied'
assert_equal "$(file it /copied)" own
printf 'FROM base AS one\nRUN mkdir /lone && echo own >/lone/file && ln -s %q /link && ln -s /proc/self/cwd /lcwd\nFROM scratch\nCOPY --from=one /l*/file /copied\n' "$place/outside" >Containerfile
build -f Containerfile empty </dev/null
assert_equal "$(file it /copied)" own

# Owners are given to links, not to what they lead to (CVE-2025-9566).
mkdir volume && echo x >volume/own && ln -s ../outside/file volume/link && ln -s "$place/outside" volume/folder
builder run --user 1234:1235 -v "$place/volume:/v:U" "$container" -- true
assert_equal "$(stat -c %u:%g volume/own volume/link volume/folder | sort -u)" 1234:1235
assert_equal "$(stat -c %u:%g outside outside/file | sort -u)" 0:0
