# The layers in an OCI folder are packed as asked, and the media types say so.
. "$(dirname "$0")/../library.sh"
make_base
types() { jq -r '.layers[].mediaType' "$1/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$1/index.json")" | sort -u; }
digest() { jq -r '.layers[0].digest[7:]' "$1/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$1/index.json")"; }
layer=application/vnd.oci.image.layer.v1.tar
builder push -q --compression-format gzip base oci:gz
assert_equal "$(types gz)" "$layer+gzip"
gzip -t <"gz/blobs/sha256/$(digest gz)"
builder push -q --compression-format zstd base oci:zst
assert_equal "$(types zst)" "$layer+zstd"
zstd -qt <"zst/blobs/sha256/$(digest zst)"
builder push -q --disable-compression base oci:plain
assert_equal "$(types plain)" "$layer"
assert_equal "sha256:$(digest plain)" "$(config base -r '.rootfs.diff_ids[0]' 2>/dev/null || config base '.rootfs.diff_ids[0]' | tr -d '"')"
