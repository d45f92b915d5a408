# --digestfile has the digest of the manifest that was written; the same push gives the same bytes.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q --digestfile digest base oci:one:x
assert_equal "$(jq -r '.manifests[0].digest' one/index.json)" "$(cat digest)"
assert_equal "sha256:$(sha256sum <"one/blobs/sha256/$(cut -d: -f2 digest)" | cut -d' ' -f1)" "$(cat digest)"
builder push -q base oci:two:x
diff -r one two || fail "two pushes of one image differ"
