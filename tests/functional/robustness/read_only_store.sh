# A store that is read-only can be listed and exported; what would change it says why it cannot.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q base "oci:$place/before:x"
mount --bind "$place/store" "$place/store" && mount -o remount,ro,bind "$place/store"
! touch "$place/store/x" 2>/dev/null || fail "the store can be written"
builder images >list || fail "images: $(cat list)"
grep -q '^localhost/base' list || fail "the image is not listed: $(cat list)"
builder inspect base >/dev/null
builder push -q base "oci:$place/after:x" || fail "it cannot be pushed"
assert_equal "$(jq -c '[.manifests[].digest]' after/index.json)" "$(jq -c '[.manifests[].digest]' before/index.json)"
for command in "rmi base" "from base" "tag base other"; do
    assert_fails_with 125 builder $command
    [[ ${output,,} == *read-only* || ${output,,} == *readonly* ]] || fail "$command: $output"
done
umount "$place/store"
builder images -q base >/dev/null
