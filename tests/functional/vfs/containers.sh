# Working containers with copies instead of stacked layers: what run, copy, and a mount write comes into the image.
source "$(dirname "$0")/../library.sh"
make_base
export BUILDER_STORAGE_DRIVER=vfs
container=$(builder from base)
builder run "$container" -- sh -c 'echo one >/one; rm /bin/vi'
builder run "$container" -- sh -c 'cat /one; echo two >/two' >seen
assert_equal "$(cat seen)" one
mounted=$(builder mount "$container")
assert_equal "$(cat "$mounted/two")" two
echo three >"$mounted/three" && rm "$mounted/one"
assert_equal "$(builder mount)" "$container $mounted"
echo four >four && builder copy "$container" four /four >/dev/null
assert_equal "$(cat "$mounted/four")" four
builder run "$container" -- sh -c 'cat /three; echo five >/five' >seen
assert_equal "$(cat seen)" three
builder commit -q "$container" first >/dev/null
echo later >"$mounted/later"
builder umount "$container" >/dev/null
[[ ! -e $mounted ]] || fail "the copy is still there"
assert_equal "$(builder mount)" ""
builder commit -q --rm "$container" second >/dev/null
unset BUILDER_STORAGE_DRIVER
names() { layer "$1" | cut -d' ' -f1 | sort | tr '\n' ' '; }
assert_equal "$(names first)" "bin bin/.wh.vi five four three two "
assert_equal "$(names second)" "bin bin/.wh.vi five four later three two "
# Killed while a container is mounted as a copy, nothing is lost.
export BUILDER_STORAGE_DRIVER=vfs
container=$(builder from base)
mounted=$(builder mount "$container")
echo kept >"$mounted/kept"
assert_equal "$(builder run "$container" -- cat /kept)" kept
assert_equal "$(builder unshare --mount PLACE="$container" -- sh -c 'cat $PLACE/kept')" kept
builder rm --all >/dev/null
