# With --timestamp a container of the image sees the times that its layers have, and no entry of the history has another one.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo x >context/file && touch -d @500 context/file
text=$'FROM base\nCOPY file /copied\nENV A=1\nRUN mkdir /made && touch /made/file && ln -s file /made/link\nWORKDIR /work'
build --timestamp 1000000000 context <<<"$text"
assert_equal "$(config it '[.history[].created] | unique')" '["2001-09-09T01:46:40Z"]'
times='stat -c "%n %Y" /copied /made /made/file /made/link /work'
container=$(builder from it)
assert_equal "$(builder run "$container" sh -c "$times")" "/copied 1000000000
/made 1000000000
/made/file 1000000000
/made/link 1000000000
/work 1000000000"
# Those of a commit, too; and what was committed before without it keeps its times.
builder run "$container" touch -d @700 /first
builder commit -q "$container" first >/dev/null
builder run "$container" touch -d @800 /second
builder commit -q --timestamp 2000000000 "$container" second >/dev/null
builder rm "$container" >/dev/null
for image in first:700 second:2000000000; do
    container=$(builder from "${image%:*}")
    assert_equal "$(builder run "$container" stat -c %Y /first)" "${image#*:}" "$image"
    builder rm "$container" >/dev/null
    builder push -q "${image%:*}" "oci:pushed-${image%:*}:x"
done
# An epoch counts for steps out of the cache, and for those of the base image.
build context <<<"$text"
build --source-date-epoch 1000000000 context <<<"$text"
assert_equal "$(config it '[.history[].created] | unique')" '["2001-09-09T01:46:40Z"]'
