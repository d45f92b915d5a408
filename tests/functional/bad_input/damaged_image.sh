# An image whose blob does not have its digest, or its size, is not taken.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q --disable-compression base oci:good
layer=$(jq -r '.layers[0].digest[7:]' "good/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' good/index.json)")
two() { "$program" --root "$place/store/two" --runroot "$place/run" "$@"; }
cp -r good changed && printf 'X' | dd of="changed/blobs/sha256/$layer" bs=1 seek=700000 conv=notrunc 2>/dev/null
cp -r good short && truncate -s -512 "short/blobs/sha256/$layer"
cp -r good missing && rm "missing/blobs/sha256/$layer"
for image in changed short missing; do
    assert_fails_with 125 two pull "oci:$image"
    assert_contains "$output" "${layer:0:12}" "$image"
    assert_fails_with 125 two build -f - . <<<"FROM oci:$image"
    assert_contains "$output" "standard input:1" "$image"
    assert_equal "$(two images -q)" "" "$image"
done
two pull -q oci:good >/dev/null
