# Annotations of an index and its members; --progress rawjson; flags that ask for nothing here.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
mkdir empty
annotated() { builder build -q --platform linux/amd64,linux/arm64 --manifest "$1" "${@:2}" -f - empty <<<$'FROM scratch\nLABEL a=b' >quiet; }
annotated many --annotation index:i=1 --annotation manifest-descriptor:d=2 --annotation manifest:m=3 --annotation p=4 --annotation a.b/c:d=5
builder push -q --all many oci:layout:x
index=$(jq -r '.manifests[0].digest' layout/index.json)
assert_equal "$(jq -c '[.annotations.i, (.manifests | map(.annotations.d))]' "layout/blobs/${index/://}")" '["1",["2","2"]]'
member=$(jq -r '.manifests[0].digest' "layout/blobs/${index/://}")
assert_equal "$(jq -c '.annotations | [.m, .p, .["a.b/c:d"], .i]' "layout/blobs/${member/://}")" '["3","4","5",null]'
assert_fails_with 125 builder build --annotation index:i=1 -f - empty <<<'FROM base'
assert_contains "$output" "one image has no index"
assert_lacks "$output" STEP

printf 'FROM base AS a\nRUN echo out; echo err >&2\nFROM a\nRUN [ ! -e /fail ]\n' >Containerfile
builder build --progress rawjson -t it . 2>events >id
assert_equal "$(cut -c1-12 id)" "$(builder images -q it)"
jq -s . events >all.json || fail "a line is no JSON: $(cat events)"
vertexes() { jq -r "map(.vertexes // []) | add | $1" all.json; }
assert_equal "$(vertexes 'map(select(.completed)) | map(.name) | unique | join("\n")')" "[1 1/2] FROM a
[1 2/2] RUN [ ! -e /fail ]
[a 1/2] FROM base AS a
[a 2/2] RUN echo out; echo err >&2"
assert_equal "$(vertexes 'map(select(.completed and (.started > .completed))) | length')" 0
assert_equal "$(vertexes 'map(.digest) | unique | length')" 4
assert_equal "$(jq -r 'map(.logs // []) | add | map("\(.stream) \(.data | @base64d)") | sort | join("")' all.json)" "1 out
2 err"
builder build --progress rawjson -t it . 2>events >/dev/null
jq -s . events >all.json
assert_equal "$(vertexes 'map(select(.cached)) | length')" 2
assert_fails_with 1 builder build --progress rawjson -f - empty <<<$'FROM base\nRUN exit 1'
assert_contains "$output" '"error":"the step failed"'

builder build -q --provenance=false --sbom=false --attest type=sbom,disabled=true --builder default -f - empty <<<'FROM base' >quiet
for bad in --provenance=mode=max --provenance --attest=type=sbom; do
    assert_fails_with 125 builder build "$bad" -f - empty <<<'FROM base'
done
