# Podman, skopeo and Buildah see what builder makes, at once and without a copy: list, inspect, run, save, push, build from.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
published_store
id=$(cat build.id)
assert_equal "$(podman images --no-trunc --format '{{.ID}} {{.ReadOnly}}' localhost/it)" "sha256:$id true"
assert_equal "$(podman image inspect it | jq -r '.[0].Config.Cmd | join(" ")')" "cat /folder/second"
assert_equal "$(podman image inspect it | jq -c '.[0].RootFS.Layers')" "$(config it .rootfs.diff_ids)"
# No file of a layer is copied: each is a link to where it lies.
while read -r layer; do
    [[ -L $published/overlay/$layer/diff && -d $published/overlay/$layer/diff/ ]] || fail "$layer is no link to a folder"
    assert_contains "$(readlink "$published/overlay/$layer/diff")" "$place/store/layers/"
done < <(published_layers '.[].id' | tr -d '"')
assert_equal "$(podman run --rm it)" second
assert_fails_with 1 podman run --rm it test -e /first -o -e /folder/in
# What leaves is what builder would send, digest by digest.
podman save -q --format oci-archive -o saved.tar it
assert_equal "$(skopeo inspect --config oci-archive:saved.tar | jq -cS .rootfs.diff_ids)" "$(config it .rootfs.diff_ids)"
skopeo copy -q containers-storage:localhost/it "dir:$place/copied"
assert_equal "$(jq -r .config.digest copied/manifest.json)" "sha256:$id"
if command -v docker-registry >/dev/null; then
    start_registry
    podman push -q --tls-verify=false it "$registry/it:1"
    builder pull -q --tls-verify=false "docker://$registry/it:1" >pulled.id
    assert_equal "$(cat pulled.id)" "$id" "what Podman pushed"
fi
# A container writes above the layers, which stay as they are.
assert_equal "$(podman run --name above it sh -c 'echo more >/more && rm /folder/second && ls /folder')" ""
assert_equal "$(podman start -a above 2>/dev/null | wc -l)" 0
builder check >/dev/null || fail "a container of Podman changed a layer"
# Podman builds and commits on top.
podman commit -q above made >/dev/null
assert_equal "$(podman run --rm made cat /more)" more
if podman build --help 2>/dev/null | grep -q -- --isolation; then
    printf 'FROM localhost/it\nCOPY extra /extra\n' >Containerfile
    echo extra >extra
    podman build -q -t built . >built.log 2>&1 || fail "$(cat built.log)"
    assert_equal "$(podman run --rm built cat /extra)" extra
fi
# A pull takes builder's layers, as they are called what Podman would call them.
builder push -q it "oci-archive:$place/it.tar:elsewhere"
podman pull -q "oci-archive:$place/it.tar" >/dev/null
assert_equal "$(jq -r '[.[] | select(.id == "'"$id"'")] | length' podman/overlay-images/images.json)" 1
assert_equal "$(ls "podman/overlay/$(published_images '.[] | select(.id == "'"$id"'") | .layer' | tr -d '"')" 2>/dev/null)" "" "a copy"
# An image with a time that Podman cannot read is left out and told of, not all the others with it; however long the text is.
for time in garbage 2024-02-30T25:61:61Z "2024-01-01T00:00:00.$(printf '1%.0s' {1..100000})x"; do
    builder save -o odd.tar it
    "$python" - odd.tar "$time" <<'PROGRAM'
import hashlib, io, json, sys, tarfile
source = tarfile.open(sys.argv[1])
files = [(one, source.extractfile(one).read()) for one in source if one.isfile()]
content = {one.name: data for one, data in files}
listed = json.loads(content['manifest.json'])
config = json.loads(content[listed[0]['Config']])
config['created'] = sys.argv[2]
listed[0]['RepoTags'] = ['localhost/odd:latest']
content[listed[0]['Config']] = json.dumps(config).encode()
content['manifest.json'] = json.dumps(listed).encode()
with tarfile.open(sys.argv[1], 'w') as target:
    for one, _ in files:
        one.size = len(content[one.name])
        target.addfile(one, io.BytesIO(content[one.name]))
PROGRAM
    builder load -i odd.tar >said 2>&1 || fail "$(cat said)"
    assert_contains "$(cat said)" "Podman does not see the image sha256:"
    podman images >listed 2>&1 || fail "podman images with the time ${time::40}: $(cat listed)"
    assert_contains "$(cat listed)" "localhost/it"
    assert_lacks "$(cat listed)" odd
    builder rmi odd >quiet
done
