# What Podman sees follows every command that changes images and names; a store that is not published pays nothing.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
make_base
its_own_podman
[[ ! -e $published ]] || fail "a store is published before anybody asked for it"
builder setup podman --yes >/dev/null
names() { podman images --noheading --format '{{.Repository}}:{{.Tag}}' | sort | tr '\n' ' '; }
assert_equal "$(names)" "localhost/base:latest " "what was there before"
builder tag base other
assert_equal "$(names)" "localhost/base:latest localhost/other:latest "
builder untag base base
assert_equal "$(names)" "localhost/other:latest "
build_empty <<<$'FROM other\nRUN echo 1 >/file'
assert_equal "$(podman run --rm it cat /file)" 1
build_empty <<<$'FROM other\nRUN echo 2 >/file'
assert_equal "$(podman run --rm it cat /file)" 2
container=$(builder from it)
builder run "$container" -- sh -c 'echo 3 >/file'
builder commit -q "$container" changed >/dev/null
builder rm "$container" >/dev/null
assert_equal "$(podman run --rm changed cat /file)" 3
builder push -q it "oci-archive:$place/it.tar:x"
builder rmi -f it changed >/dev/null
builder prune >/dev/null 2>&1
assert_equal "$(names)" "localhost/other:latest "
# Nothing of what went is left.
assert_equal "$(published_layers length)" "$(find "$published/overlay" -mindepth 1 -maxdepth 1 ! -name l | wc -l)"
assert_equal "$(published_layers length)" "$(find "$published/overlay/l" -mindepth 1 | wc -l)"
assert_equal "$(published_layers length)" "$(find "$published/overlay-layers" -name '*.tar-split.gz' | wc -l)"
builder pull -q "oci-archive:$place/it.tar" >pulled.id
assert_equal "$(podman run --rm "$(cat pulled.id)" cat /file)" 2
# A build that changes nothing writes nothing.
build_empty <<<$'FROM other\nRUN echo 4 >/file'
before=$(stat -c %y "$published"/overlay-*/*.json "$published"/overlay-*/*.lock)
build_empty <<<$'FROM other\nRUN echo 4 >/file'
assert_equal "$(stat -c %y "$published"/overlay-*/*.json "$published"/overlay-*/*.lock)" "$before" "the tables"
# The same layer twice is mounted once.
build_empty --timestamp 0 --rewrite-timestamp --no-cache <<<$'FROM other\nRUN echo 1 >/file\nRUN rm /file\nRUN echo 1 >/file'
assert_equal "$(config it '.rootfs.diff_ids | (length - (unique | length))')" 1 "layers that are there twice"
assert_equal "$(podman run --rm it cat /file)" 1
podman save -q --format oci-archive -o saved.tar it
# An image without layers.
printf 'FROM scratch\nLABEL a=b\n' | builder build -q -t bare -f - empty >/dev/null
assert_equal "$(podman image inspect bare | jq -r '.[0].Labels.a')" b
