# --layers=false: one layer on top of the base image's, with the same files as with layers; nothing goes into the cache.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo text >context/file
text=$'FROM base AS first\nRUN mkdir /d && echo 1 >/d/one && echo 2 >/d/two && ln /d/two /d/name\nENV A=1\nFROM first\nRUN rm /d/one /etc/group && echo 3 >/d/three\nCOPY file /d/two\nRUN rm -r /root && mkdir /root && touch /root/new'
build context <<<"$text"
layers() { builder inspect it | jq '.OCIv1.rootfs.diff_ids | length'; }
base=$(builder inspect base | jq '.OCIv1.rootfs.diff_ids | length')
assert_equal "$(layers)" $((base + 4)) "layers"
builder build -q -o with -f - context >/dev/null <<<"$text"
build --layers=false context <<<"$text"
assert_equal "$(layers)" $((base + 1)) "layers"
assert_equal "$(builder inspect it | jq '[.OCIv1.history[] | select(.empty_layer != true)] | length')" $((base + 1)) "steps with a layer"
assert_line "$(layer it)" "etc/.wh.group file 0000 0:0 0"
assert_line "$(layer it)" "root/.wh..wh..opq file 0000 0:0 0"
assert_lacks "$(layer it)" "d/.wh"
builder build -q -o without -f - context >/dev/null <<<"FROM it"
diff -r <(cd with && find . | sort) <(cd without && find . | sort) || fail "the files differ"
diff -r with without || fail "the contents differ"
assert_equal "$(cat without/d/two without/d/name)" $'text\n2'
# Where nothing is made, the one layer is empty; FROM alone is the base itself.
build --layers=false context <<<$'FROM base\nENV A=1'
assert_equal "$(layers)" $((base + 1)) "layers"
build --layers=false context <<<'FROM base'
assert_equal "$(layers)" "$base" "layers"
