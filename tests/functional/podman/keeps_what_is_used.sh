# Layers that containers and images of Podman stand on stay, whatever builder removes, and go when those are gone.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
published_store
podman run --name web it true
podman tag it of-podman
folders() { ls "$place/store/layers" | wc -l; }
before=$(folders)
builder rmi it base >out 2>err
assert_contains "$(cat err)" "that Podman uses"
assert_contains "$(cat err)" "the container web"
assert_equal "$(podman start -a web; echo $?)" 0 "the container whose image builder removed"
builder prune --all >out 2>err
assert_contains "$(cat err)" "the container web"
assert_equal "$(folders)" "$before" "folders of layers"
builder check >/dev/null || fail "check finds fault with what stays"
assert_equal "$(podman run --rm of-podman)" second "an image that Podman has named"
# The same image once more: it stands on what stayed.
podman rm web >/dev/null
# Podman has noted the image with all of its names.
podman rmi --force "$(cat build.id)" >/dev/null 2>&1 || podman untag "$(cat build.id)" >/dev/null
assert_equal "$(jq length podman/overlay-images/images.json)" 0 "images of Podman's own"
# Podman still looks at the store a moment after its container has ended.
all_gone() { builder prune --all >out 2>err && [[ $(folders) == 0 ]]; }
wait_until 20 all_gone || fail "$(folders) folders of layers stay: $(cat err)"
assert_lacks "$(cat err)" "that Podman uses"
assert_equal "$(published_layers length)" 0
# A table that cannot be read says nothing: then all stays.
make_base
build_empty <<<$'FROM base\nRUN echo 1 >/file'
podman create --name broken it true >/dev/null
mv podman/overlay-layers/layers.json kept.json
echo '[{' >podman/overlay-layers/layers.json
builder rmi it >out 2>err
assert_contains "$(cat err)" "it is not known which Podman uses"
mv kept.json podman/overlay-layers/layers.json
podman start -a broken
# Whoever reads just now is not disturbed: the layers stay till the next time.
podman rm broken >/dev/null
mkfifo till_then
"$python" -c 'import fcntl, os, sys
fcntl.lockf(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_SH)
print("held", flush=True)
open("till_then").read()' "$published/overlay-layers/layers.lock" >held &
holder=$!
wait_until 20 grep -q held held || fail "nobody holds the lock"
builder prune >out 2>err
assert_contains "$(cat err)" "reads them just now"
: >till_then
wait "$holder"
builder prune >out 2>err
assert_equal "$(published_layers length)" "$(builder inspect base | jq '.Config | fromjson | .rootfs.diff_ids | length')"
