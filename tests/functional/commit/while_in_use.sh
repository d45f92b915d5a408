# A commit of a mounted container takes what is there; what is written later is not in the image.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
folder=$(builder mount "$container")
echo before >"$folder/file"
builder commit -q "$container" early >/dev/null
echo after >"$folder/file"
builder commit -q "$container" late >/dev/null
builder umount "$container" >/dev/null
assert_equal "$(file early file)" before
assert_equal "$(file late file)" after
assert_equal "$(builder run "$container" cat /file)" after
builder rm --all >/dev/null
