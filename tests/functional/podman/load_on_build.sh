# build --load hands the image to Docker by its socket, else to Podman by the published store.
source "$(dirname "$0")/../library.sh"
make_base
export DOCKER_HOST=unix://$place/docker.sock CONTAINERS_STORAGE_CONF=$place/storage.conf
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/podman"\nrunroot = "%s/podman-run"\n' "$place" "$place" >storage.conf
mkdir empty
loads() { builder build -t it -t second:2 -f - "$@" empty <<<$'FROM base\nRUN echo "$RANDOM" >/file\nRUN true\nRUN true' 2>&1; }
# Nobody is there: that is told before anything is built.
assert_fails_with 125 loads --load
assert_contains "$output" "$place/docker.sock"
assert_contains "$output" "builder setup podman"
assert_fails_with 125 builder inspect it
assert_fails_with 125 loads --load=docker
assert_contains "$output" "$place/docker.sock"
assert_fails_with 125 loads --load=podman
assert_contains "$output" "does not see this store"
assert_fails_with 125 loads --load=containerd
assert_contains "$output" "--load takes docker or podman"
# Podman's turn.
builder setup podman --yes >/dev/null
assert_contains "$(loads --load)" "Podman has the image"
assert_equal "$(jq '[.[] | .names // [] | .[]] | contains(["localhost/it:latest", "localhost/second:2"])' \
    store/podman/overlay-images/images.json)" true
# Docker's, as one stream.
: >docker.log
"$python" "$tests/docker_socket.py" "$place/docker.sock" "$place/loaded.tar" >docker.log 2>&1 &
server=$!
wait_until 20 grep -q listens docker.log || fail "the socket is not there: $(cat docker.log)"
loads --load >build.log
assert_contains "$(cat build.log)" "Docker has the image"
assert_equal "$(builder build -q --load -t it -t second:2 -f - empty <<<$'FROM base\nRUN true\nRUN true' 2>&1)" \
    "$(builder inspect --type image --format '{{.FromImageID}}' it)" "what a quiet build prints"
assert_equal "$(tar xOf loaded.tar manifest.json | jq -c '.[0].RepoTags')" '["it:latest","second:2"]' "names as Docker reads them"
assert_equal "sha256:$(tar xOf loaded.tar "$(tar xOf loaded.tar manifest.json | jq -r '.[0].Config')" | sha256sum | cut -d' ' -f1)" \
    "sha256:$(builder inspect --type image --format '{{.FromImageID}}' it)" "the ID"
for layer in $(tar xOf loaded.tar manifest.json | jq -r '.[0].Layers[]' | sort -u); do
    assert_equal "$(tar xOf loaded.tar "$layer" | sha256sum | cut -d' ' -f1).tar" "$layer" "a layer"
done
assert_contains "$(loads --load=podman)" "Podman has the image"
# What the daemon says is told.
assert_fails_with 125 builder build -q -t refused:1 --load=docker -f - empty <<<'FROM base'
assert_contains "$output" "no room here"
assert_fails_with 125 builder build -q --platform linux/amd64,linux/arm64 --load=docker -f - empty <<<'FROM scratch'
assert_contains "$output" "several platforms"
