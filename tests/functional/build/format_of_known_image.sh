# --format and --annotation count even where an image with the same configuration is there already.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nLABEL a=b\n' >Containerfile
type() { builder inspect it | jq -r ".Manifest | fromjson | .mediaType"; }
id=$(builder build -q -t it .)
assert_equal "$(type)" application/vnd.oci.image.manifest.v1+json
assert_equal "$(builder build -q --format docker -t it .)" "$id"
assert_equal "$(type)" application/vnd.docker.distribution.manifest.v2+json
builder build -q --annotation word=1 -t it . >/dev/null
assert_equal "$(type)" application/vnd.oci.image.manifest.v1+json
assert_equal "$(builder inspect it | jq -r ".Manifest | fromjson | .annotations.word")" 1
