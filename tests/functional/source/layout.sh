# Images of sources: made, added to, and looked into, as other tools read them.
. "$(dirname "$0")/../library.sh"
needs_root
builder source create --author "somebody" sources
assert_fails_with 125 builder source create sources
assert_contains "$output" "something already"
mkdir -p tree/sub && echo code >tree/sub/main.c && echo text >README
builder source add sources README
builder source add --annotation org.example.kind=code sources tree
said=$(builder source inspect sources)
assert_equal "$(jq -r '.config.author, .manifest.config.mediaType, (.manifest.layers | length), .manifest.layers[1].annotations."org.example.kind"' <<<"$said")" \
    $'somebody\napplication/vnd.oci.source.image.config.v1+json\n2\ncode'
assert_equal "$(jq '.manifests | length' sources/index.json)" 1
blob() { echo "sources/blobs/sha256/$(jq -r ".manifest.layers[$1].digest[7:]" <<<"$said")"; }
assert_equal "$(tar -tzf "$(blob 0)")" README
assert_contains "$(tar -tzf "$(blob 1)")" sub/main.c
assert_equal "$(find sources/blobs/sha256 -type f | wc -l)" 4 "configuration, manifest, two layers"
for file in sources/blobs/sha256/*; do assert_equal "$(sha256sum <"$file" | cut -d' ' -f1)" "${file##*/}"; done
builder source create --time-stamp=false bare
assert_equal "$(builder source inspect bare | jq -c .config)" '{}'
# Many at once: none is lost.
for i in $(seq 10); do echo "$i" >"file$i"; builder source add bare "file$i" & jobs[i]=$!; done
for i in $(seq 10); do wait "${jobs[i]}" || fail "add $i"; done
assert_equal "$(builder source inspect bare | jq '.manifest.layers | length')" 10
# From one place to another; what is no image of sources is refused.
builder source push -q --digestfile digest sources oci:copy:x
assert_equal "$(cat digest)" "$(jq -r .digest <<<"$said")"
builder source pull -q oci:copy:x back
assert_equal "$(builder source inspect back)" "$said"
make_base
builder push -q base oci:base:x
assert_fails_with 125 builder source pull oci:base:x other
assert_contains "$output" "no image of sources"
