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
# Each name keeps what was built under it, though all of them are one image.
builder build -q -t plain . >/dev/null
assert_equal "$(builder build -q --format docker -t dockers .)" "$id"
builder build -q --annotation word=2 -t two . >/dev/null
manifest() { builder inspect "$1" | jq -r ".Manifest | fromjson | [.mediaType, .annotations.word] | map(. // \"\" | sub(\".*vnd.(?<w>[a-z]*).*\"; \"\(.w)\")) | join(\" \")"; }
assert_equal "$(manifest plain)" "oci "
assert_equal "$(manifest dockers)" "docker "
assert_equal "$(manifest two)" "oci 2"
assert_equal "$(manifest it)" "oci 1"
pushed() { builder push -q "$1" "oci:$place/$1:x" && jq -r '.annotations.word // ""' "$1/blobs/sha256/$(jq -r '.manifests[0].digest' "$1/index.json" | cut -d: -f2)"; }
assert_equal "$(pushed two)" 2
assert_equal "$(pushed it)" 1
assert_equal "$(pushed plain)" ""
