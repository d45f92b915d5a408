# What CI reads of a push is the digest in the registry, where layers are packed: one line, --metadata-file, --digestfile. The image
# can be pulled by it.
. "$(dirname "$0")/../library.sh"
needs docker-registry curl
make_base
start_registry
tls=--tls-verify=false
digest_in_registry() { # NAME:TAG
    curl -fsI -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' \
        "http://$registry/v2/${1%%:*}/manifests/${1##*:}" | tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p'
}
mkdir context && head -c 100000 /dev/zero >context/file
told() { sed -n 's/^pushed //p' "$1"; }
pull_by() { # REFERENCE
    "$program" --root "$place/second" --runroot "$place/run2" pull -q $tls "$1"
}

printf 'FROM scratch\nARG TARGETARCH\nCOPY file /of-$TARGETARCH\n' >context/Containerfile
builder build --push $tls --metadata-file metadata --iidfile id -t "$registry/app/one:1" -t "$registry/app/one:2" context >log
digest=$(digest_in_registry app/one:1)
# What the store has is not packed, so that its digest is another one: else this shows nothing.
assert_different "$digest" "$(builder inspect --format '{{.FromImageDigest}}' "$registry/app/one:1")"
assert_equal "$(told log)" "$registry/app/one@$digest"
assert_equal "$(jq -r '."containerimage.digest", ."containerimage.descriptor".digest' metadata)" "$digest"$'\n'"$digest"
assert_equal "$(jq -r '."containerimage.descriptor".size' metadata)" "$(curl -fs -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$registry/v2/app/one/manifests/1" | wc -c)"
assert_equal "sha256:$(pull_by "$(told log)")" "$(cat id)"

# Of several platforms it is the index.
builder build --push $tls --platform linux/amd64,linux/arm64 --metadata-file metadata -t "$registry/app/two:1" context >log
digest=$(digest_in_registry app/two:1)
assert_equal "$(told log)" "$registry/app/two@$digest"
assert_equal "$(jq -r '."containerimage.digest"' metadata)" "$digest"
assert_equal "$(jq -r '."containerimage.descriptor".mediaType' metadata)" application/vnd.oci.image.index.v1+json
assert_equal "$(jq -r '."containerimage.config.digest"' metadata)" null
for architecture in amd64 arm64; do
    "$program" --root "$place/second" --runroot "$place/run2" pull -q $tls --platform "linux/$architecture" "$(told log)" >/dev/null
    assert_equal "$("$program" --root "$place/second" --runroot "$place/run2" inspect --format '{{.OCIv1.Architecture}}' "$(told log)")" "$architecture"
done

# The other commands that write to registries say the same.
builder push $tls --digestfile digest "$registry/app/one:1" "docker://$registry/app/three:1" 2>log
assert_equal "$(cat digest)" "$(digest_in_registry app/three:1)"
assert_equal "$(told log)" "$registry/app/three@$(cat digest)"
builder push $tls --digestfile digest "$registry/app/two:1" "docker://$registry/app/four:1" 2>log
assert_equal "$(cat digest)" "$(digest_in_registry app/four:1)"
assert_equal "$(told log)" "$registry/app/four@$(cat digest)"
container=$(builder from base)
builder commit $tls --metadata-file metadata "$container" "docker://$registry/app/five:1" >/dev/null 2>log
assert_equal "$(told log)" "$registry/app/five@$(digest_in_registry app/five:1)"
assert_equal "$(jq -r '."containerimage.digest"' metadata)" "$(digest_in_registry app/five:1)"
builder rm "$container" >/dev/null
# For programs it is an event; in quiet mode it is in the file alone.
builder build --push $tls --progress json -t "$registry/app/one:1" context >events
assert_equal "$(jq -r 'select(.event == "pushed") | .name' events)" "$registry/app/one@$(digest_in_registry app/one:1)"
assert_equal "$(builder build -q --push $tls -t "$registry/app/one:1" context)" "$(cut -d: -f2 id)"
