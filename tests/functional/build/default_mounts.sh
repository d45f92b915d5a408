# The files that every container sees, by mounts.conf; flags for the preprocessor from the environment; a cache of blobs.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty secrets && echo subscription >secrets/key
printf '# what all see\n%s/secrets:/run/secrets\n/not/there:/x\n' "$place" >mounts.conf
mounted() { builder --default-mounts-file mounts.conf "$@"; }
mounted build -q -t it -f - empty >/dev/null <<<$'FROM base\nRUN test "$(cat /run/secrets/key)" = subscription && ! touch /run/secrets/new && test ! -e /x'
assert_lacks "$(layer it)" secrets
container=$(builder from base)
assert_equal "$(mounted run "$container" cat /run/secrets/key)" subscription
assert_fails_with 1 builder run "$container" cat /run/secrets/key
echo relative:/x >mounts.conf
assert_fails_with 125 mounted run "$container" true
assert_contains "$output" "mounts.conf, line 1"

if command -v cpp >/dev/null; then
    printf 'FROM base\nLABEL value=VALUE\n' >Containerfile.in
    BUILDAH_CPPFLAGS='-DVALUE=from-environment' builder build -q -t it -f Containerfile.in empty >/dev/null
    assert_equal "$(config it .config.Labels.value)" '"from-environment"'
    BUILDAH_CPPFLAGS='-DVALUE=a' builder build -q -t it --cpp-flag=-UVALUE --cpp-flag=-DVALUE=flag -f Containerfile.in empty >/dev/null
    assert_equal "$(config it .config.Labels.value)" '"flag"'
fi

# What the cache has is not read from where the image is.
builder push -q it oci:layout:x
other() { "$program" --root "$place/store/other" --runroot "$place/run-other" "$@"; }
id=$(other pull -q --blob-cache cache oci:layout:x)
assert_equal "$(cd cache && sha256sum -- * | awk '{print "sha256:" $1}')" "$(ls cache)"
other rmi "$id" >/dev/null
manifest=$(jq -r '.manifests[0].digest' layout/index.json)
find layout/blobs -type f ! -name "${manifest#*:}" -delete
assert_equal "$(other pull -q --blob-cache cache oci:layout:x)" "$id"
