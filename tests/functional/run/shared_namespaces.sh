# Containers share namespaces by name, as those of a pod do; what runs there is seen and reached.
source "$(dirname "$0")/../library.sh"
make_base
one=$(builder from base)
two=$(builder from base)
assert_fails_with 125 builder run --pid "container:$one" "$two" true
assert_contains "$output" "nothing runs in the container"
"$program" --root "$place/store" --runroot "$place/run" run --network none --hostname pod "$one" -- sh -c 'nc -l -p 7000 -e echo served & echo started; exec sleep 1234' >log &
first=$!
wait_until 10 grep -q started log || fail "the command did not start"
assert_contains "$(builder run --pid "container:$one" "$two" -- ps)" "sleep 1234"
assert_equal "$(builder run --uts "container:$one" "$two" -- hostname)" pod
reached() { [[ $(builder run --network "container:$one" "$two" -- nc 127.0.0.1 7000) == served ]]; }
wait_until 10 reached || fail "the other container's port was not reached"
same() { assert_equal "$(builder run "--$1" "container:$one" "$two" -- readlink "/proc/self/ns/$2")" "$(readlink "/proc/$(ls "$place/run/running/"*)/ns/$2")" "$1"; }
same ipc ipc
same uts uts
kill "$first"
wait "$first" || true
assert_different "$(builder run --pid host "$two" -- ps | wc -l)" 3
builder rm --all >/dev/null
