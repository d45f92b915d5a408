# Manifest, index, layout and configuration are valid by the OCI schemas.
. "$(dirname "$0")/../library.sh"
schemas=$BUILDER_CASES/specs/image-spec-schema
[[ -d $schemas ]] || skip "there are no schemas in $schemas"
"$python" -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
make_base
cat >Containerfile <<'X'
FROM base
ENV A=b
EXPOSE 80
VOLUME /data
LABEL l=v
STOPSIGNAL 9
HEALTHCHECK NONE
CMD ["x"]
X
builder build -q --annotation note=x -t it . >/dev/null
for packing in gzip zstd none; do
    builder push -q --compression-format $packing it oci:$packing:tag
    manifest=$packing/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' $packing/index.json)
    config=$packing/blobs/sha256/$(jq -r '.config.digest[7:]' "$manifest")
    "$python" "$tests/validate.py" "$schemas" image-layout-schema.json $packing/oci-layout image-index-schema.json $packing/index.json \
        image-manifest-schema.json "$manifest" config-schema.json "$config"
done
