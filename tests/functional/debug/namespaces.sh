# `debug namespaces` says which namespaces a running step has, and who shares them.
. "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
"$program" --root "$place/store" --runroot "$place/run" run --ipc host --network host "$container" -- sh -c 'echo begun; exec sleep 1234' >log &
process=$!
wait_until 10 grep -q begun log || fail "the command did not start"
inside=$(ls "$place/run/running/"*)
json=$(builder debug namespaces --json "$container")
assert_equal "$(jq .[0].process <<<"$json")" "$inside"
for kind in cgroup ipc mnt net pid time user uts; do
    assert_equal "$(jq ".[0].namespaces.$kind.inode" <<<"$json")" "$(stat -Lc %i "/proc/$inside/ns/$kind")" "$kind"
done
assert_equal "$(jq -c '[.[0].namespaces | to_entries[] | select(.value.host) | .key]' <<<"$json")" '["ipc","net","time","user"]'
text=$(builder debug namespaces "$inside")
assert_contains "$text" "this machine"
assert_equal "$(grep -c . <<<"$text")" 10
assert_contains "$(builder debug namespaces)" "process $inside "
kill "$process"
wait "$process" || true
assert_fails_with 125 builder debug namespaces "$container"
builder rm "$container" >/dev/null
