# How far a copy is, is told on standard error: a line a blob in a pipe, a bar a blob on a terminal, nothing with --quiet.
. "$(dirname "$0")/../library.sh"
make_base
builder push base oci:layout:x 2>log >out
assert_equal "$(cat out)" ""
assert_contains "$(cat log)" "Copying blob "
assert_contains "$(cat log)" "wrote oci:layout:x"
builder push -q base oci:quiet:x 2>log
assert_equal "$(cat log)" ""
other() { "$program" --root "$place/store/other" --runroot "$place/run-other" "$@"; }
id=$(other pull oci:layout:x 2>log)
layers=$(grep -cE '^Copying blob sha256:[0-9a-f]{64}$' log)
((layers >= 1)) || fail "too few blobs: $(cat log)"
for line in "Getting image source signatures" "Copying config sha256:$id" "Writing manifest to image destination"; do
    assert_line "$(cat log)" "$line"
done
# What is here is named, as by Buildah, but not read again.
mv layout/blobs/sha256 layout/kept && mkdir layout/blobs/sha256
for blob in $(jq -r '.manifests[0].digest[7:]' layout/index.json) $(jq -r '.config.digest[7:]' "layout/kept/$(jq -r '.manifests[0].digest[7:]' layout/index.json)"); do
    cp "layout/kept/$blob" layout/blobs/sha256/
done
assert_equal "$(other pull -q oci:layout:x 2>&1)" "$id" "what is here is not copied"
rm -r layout/blobs/sha256 && mv layout/kept layout/blobs/sha256
other rmi "$id" >/dev/null
assert_equal "$(other pull -q oci:layout:x 2>&1)" "$id"
other rmi "$id" >/dev/null
shown=$("$python" -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$program" --root "$place/store/other" --runroot "$place/run-other" pull oci:layout:x)
grep -qE "sha256:[0-9a-f]{12} (\[[=> ]*\] )?[0-9.]+ [kM]?B" <<<"$shown" || fail "there is no bar: $shown"
