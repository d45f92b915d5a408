# copy --link and add --link: a layer of its own in each image to come, which the container does not show. The layer is the same
# whatever the container holds, and goes into every commit.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p dir && echo text >dir/f && touch -d @1000000000 dir/f dir
c=$(builder from base)
builder run "$c" touch /own
builder copy -q --link "$c" dir /linked/dir
builder add --link --chmod 600 "$c" dir/f /single >printed
grep -qxE '[0-9a-f]{64}' printed || fail "the digest is not printed: $(cat printed)"
shown=$(builder run "$c" ls /)
assert_lacks "$shown" linked
assert_lacks "$shown" single
before=$(config base '.rootfs.diff_ids | length')
id=$(builder commit -q "$c" one)
assert_equal "$(config one '.rootfs.diff_ids | length')" $((before + 3)) "layers"
assert_contains "$(config one '.history[-2].created_by')" "COPY --link dir:"
assert_contains "$(config one '.history[-1].created_by')" "ADD --link file:"
assert_equal "$(file one linked/dir/f)" text
assert_lacks "$(layer one -2)" own
assert_contains "$(layer one -3)" own
d=$(builder from one)
assert_equal "$(builder run "$d" stat -c '%a %u:%g' /single)" "600 0:0"
# Another container with other files, another commit of the first: the same layers.
e=$(builder from base)
builder run "$e" mkdir /other
builder copy -q --link "$e" dir /linked/dir
builder commit -q "$e" two >/dev/null
assert_equal "$(config two '.rootfs.diff_ids[-1]')" "$(config one '.rootfs.diff_ids[-2]')" "the layer beside other files"
builder rmi -f one >/dev/null 2>&1 || builder rm "$d" >/dev/null
builder prune -f >/dev/null 2>&1
builder commit -q "$c" again >/dev/null
assert_equal "$(file again linked/dir/f)" text "after the image of the first commit was removed"
# Squashed it is in the one layer, and nothing of it outlives the container.
builder commit -q --squash "$c" squashed >/dev/null
assert_equal "$(file squashed single)" text
builder rm "$c" >/dev/null
[[ -z $(find "$place/store/containers" -path "*$c*" 2>/dev/null) ]] || fail "something of the container is left"
# A source that is not there leaves no layer.
assert_fails_with 125 builder copy --link "$e" nothing /linked
builder commit -q "$e" three >/dev/null
assert_equal "$(config three '.rootfs.diff_ids | length')" "$(config two '.rootfs.diff_ids | length')"
