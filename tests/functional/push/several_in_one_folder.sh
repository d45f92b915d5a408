# An OCI folder takes several images, and each is found by its tag.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nLABEL a=b'
builder push -q base oci:folder:one
builder push -q it oci:folder:two
assert_equal "$(builder pull -q oci:folder:two)" "$(cat build.id)"
assert_equal "$(builder pull -q oci:folder:one)" "$(builder inspect base | jq -r .FromImageID)"
assert_fails_with 125 builder pull oci:folder:three
