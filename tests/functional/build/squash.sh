# --squash makes one layer that has what all layers together show, and the history stays valid.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN touch /first && chmod 4711 /first && mkdir /dir && touch /dir/a
RUN rm /dir/a && touch /dir/b
X
builder build -q --squash -t it . >/dev/null
assert_equal "$(config it '.rootfs.diff_ids | length')" 1
assert_equal "$(config it '[.history[] | select(.empty_layer | not)] | length')" 1
listing=$(layer it 0)
assert_line "$listing" "first file 4711 0:0 0"
assert_line "$listing" "dir/b file 0644 0:0 0"
assert_contains "$listing" "bin/busybox file 0755"
assert_lacks "$listing" ".wh."
assert_lacks "$listing" "dir/a"
