# A container that Podman makes at the very moment at which builder removes its image starts: either Podman does not find
# the image any more, or its layers stay.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
published_store
build_empty <<<$'FROM base\nRUN echo 0 >/file'
# Image after image is made and removed, while Podman makes containers of whatever "it" is.
removals() {
    local i
    for i in $(seq 40); do
        build_empty <<<"FROM base"$'\n'"RUN echo $i >/file"
        builder rmi it >/dev/null 2>&1
        builder prune >/dev/null 2>&1
    done
}
(removals && echo whole >removed) >removals.log 2>&1 &
writer=$!
made=0
while [[ -d /proc/$writer ]]; do
    ! podman create --pull never --name "c$made" it cat /file >create.log 2>&1 || made=$((made + 1))
done
wait "$writer" || fail "the removals failed: $(cat removals.log)"
((made > 0)) || fail "Podman never found an image"
for ((i = 0; i < made; i++)); do
    [[ $(podman start -a "c$i" 2>&1) =~ ^[0-9]+$ ]] || fail "container c$i of $made has lost its layers: $(podman start -a "c$i" 2>&1)"
done
builder check >/dev/null
