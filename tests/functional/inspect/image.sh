# inspect finds an image by name, short ID and digest, and shows configuration, manifest and layers.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nLABEL a=b'
id=$(cat build.id)
for word in it it:latest localhost/it "$id" "${id:0:8}" "sha256:$id"; do
    assert_equal "$(builder inspect "$word" | jq -r .FromImageID)" "$id" "$word"
done
document=$(builder inspect it)
assert_equal "$(jq -c '[.Type, .Names]' <<<"$document")" '["buildah 0.0.1",["localhost/it:latest"]]'
assert_equal "$(jq -c '[.Layers[].diff_id]' <<<"$document")" "$(jq -c .OCIv1.rootfs.diff_ids <<<"$document")"
[[ -d $(jq -r '.Layers[0].folder' <<<"$document") ]] || fail "the folder of a layer is not there"
builder tag it webserver
assert_fails_with 125 builder inspect websrever
assert_contains "$output" "did you mean"
