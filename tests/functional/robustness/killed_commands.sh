# A command that is killed at any moment leaves a whole store and a container that can be used.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
echo text >file
attempt() { # DELAY COMMAND...: kills the command after so many seconds; it may be done by then.
    local delay=$1
    shift
    timeout --signal KILL "$delay" "$program" --root "$place/store" --runroot "$place/run" "$@" >/dev/null 2>&1 || true
}
for delay in 0.002 0.004 0.006 0.009 0.013; do
    attempt $delay from base
    attempt $delay copy -q "$container" file "/copied-$delay"
    attempt $delay run "$container" sh -c "echo $delay >/run-$delay; sync"
    attempt $delay config --label "a=$delay" "$container"
    attempt $delay commit -q "$container" "image:$delay"
    attempt $delay rm base-working-container-1
    attempt $delay rmi "image:$delay"
    assert_equal "$(sqlite_check)" ok "$delay"
    builder run "$container" sh -c "echo still >/still-$delay"
    assert_equal "$(builder run "$container" cat "/still-$delay")" still
done
builder commit -q "$container" last >/dev/null
builder push -q last "oci:$place/out:last"
assert_equal "$(file last /still-0.002)" still
builder rm --all >/dev/null
builder prune --all >/dev/null 2>&1
