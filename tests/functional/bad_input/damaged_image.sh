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

# A file of a layer that somebody changed behind the store's back is not sent under the layer's name (CVE-2022-0847).
third() { "$program" --root "$place/third" --runroot "$place/run" "$@"; }
mkdir context && echo sealed-content >context/file
third build -q -t it -f - context >/dev/null <<<$'FROM scratch\nCOPY file /file'
third push -q it oci:before
mapfile -t files < <(grep -rlx sealed-content third/layers)
assert_equal "${#files[@]}" 1 "files that hold the content"
printf 'changed-content' | dd of="${files[0]}" conv=notrunc 2>/dev/null
for packing in gzip zstd; do
    assert_fails_with 125 third push -q --compression-format $packing --force-compression it oci:after-$packing
    assert_contains "$output" "is damaged" "$packing"
done
