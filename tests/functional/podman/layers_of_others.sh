# Layers that another program has packed leave by Podman as they came, digest by digest; one whose tar cannot be given back
# is told, and runs all the same.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
needs tar
make_base
its_own_podman
builder setup podman --yes >/dev/null
# docker_archive FILE: an image of one layer, the tar layer.tar, as docker save writes it.
docker_archive() {
    local diff_id
    diff_id=$(sha256sum layer.tar | cut -d' ' -f1)
    printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"2020-01-01T00:00:00Z"}]}' \
        "$diff_id" >config.json
    printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$1" >manifest.json
    tar cf "$1.tar" config.json manifest.json layer.tar
}
mkdir -p files/bin files/etc && cp /bin/busybox files/bin/ && ln files/bin/busybox files/bin/sh
ln -s /bin/busybox files/bin/cat
echo content >"files/etc/$(printf 'name%0140d' 7)"
printf '\377' >"files/$(printf 'no\377utf8')"
truncate -s 100000 files/holes
# Owners by name, long names in GNU's way, blocks of ten at the end: no tar that builder writes.
tar --format=gnu --sort=name -C files -cf layer.tar .
docker_archive gnu
builder pull -q docker-archive:gnu.tar >pulled.id 2>pull.log
assert_lacks "$(cat pull.log)" "not push or save"
builder push -q --disable-compression --compression-format gzip "$(cat pulled.id)" "oci:$place/again:x" 2>/dev/null ||
    builder push -q "$(cat pulled.id)" "oci:$place/again:x"
assert_equal "$(podman run --rm "$(cat pulled.id)" /bin/sh -c '/bin/cat /etc/name*')" content
podman save -q --format docker-archive -o saved.tar "$(cat pulled.id)"
saved=$(tar xOf saved.tar manifest.json | jq -r '.[0].Layers[0]')
assert_equal "$(tar xOf saved.tar "$saved" | sha256sum)" "$(sha256sum <layer.tar)" "the layer that Podman gives"
assert_different "$(zcat "$published"/overlay-layers/"$(published_images ".[] | select(.id == \"$(cat pulled.id)\") | .layer" | tr -d '"')".tar-split.gz |
    jq -r 'select(.type == 2) | .payload' | base64 -d | grep -c root || :)" 0 "names of owners, which builder does not write"
# A name twice.
echo late >files/etc/late
tar --format=gnu -C files -cf layer.tar . && tar --format=gnu -C files -rf layer.tar ./etc/late
docker_archive twice
builder pull -q docker-archive:twice.tar >twice.id 2>pull.log
assert_contains "$(cat pull.log)" "not push or save them: the layer's tar has the name './etc/late' twice"
assert_equal "$(podman run --rm "$(cat twice.id)" /bin/sh -c '/bin/cat /etc/late')" late
assert_fails_with 125 podman save -q --format docker-archive -o twice-saved.tar "$(cat twice.id)"
# It is told once, not by each command.
builder tag "$(cat twice.id)" named 2>tag.log
assert_equal "$(cat tag.log)" ""
