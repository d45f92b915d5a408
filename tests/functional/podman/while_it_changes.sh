# Podman lists, runs and copies while builder builds, tags, removes and is killed: no reader ever sees half of it.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
published_store
changes() {
    local i
    for i in 1 2 3 4 5 6; do
        build_empty <<<"FROM base"$'\n'"RUN echo $i >/file"$'\n'"RUN echo $i >/again"
        builder tag it "it-$i"
        builder rmi "it-$i" >/dev/null
        timeout -s KILL "0.0$i" "$program" --root "$place/store" --runroot "$place/run" tag it "killed-$i" || [[ $? == 137 ]]
        if builder inspect --type image "killed-$i" >/dev/null 2>&1; then builder untag it "killed-$i"; fi
        builder prune >/dev/null 2>&1
    done
}
# Not "changes && …": bash would not stop at what fails within.
(changes; echo whole >changed) >changes.log 2>&1 &
writer=$!
rounds=0
while [[ -d /proc/$writer ]]; do
    podman images --quiet >read.log 2>&1 || fail "podman images: $(cat read.log)"
    podman run --rm base true >read.log 2>&1 || fail "podman run: $(cat read.log)"
    skopeo inspect containers-storage:localhost/base >read.log 2>&1 || fail "skopeo inspect: $(cat read.log)"
    skopeo copy -q containers-storage:localhost/base "dir:$place/copied" >read.log 2>&1 || fail "skopeo copy: $(cat read.log)"
    rm -rf copied
    rounds=$((rounds + 1))
done
wait "$writer" || fail "the changes failed: $(cat changes.log)"
assert_equal "$(cat changed)" whole
((rounds > 1)) || fail "nobody read while it changed"
assert_equal "$(podman run --rm it cat /file)" 6
builder check >/dev/null
