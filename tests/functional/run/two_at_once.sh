# Two commands in one container at once: not with two stacks over one folder, but with the one that is mounted.
source "$(dirname "$0")/../library.sh"
make_base
name=$(builder from base)
"$program" --root "$place/store" --runroot "$place/run" run "$name" -- sh -c 'echo started; exec sleep 4321' >log &
first=$!
wait_until 10 grep -q started log || fail "the command did not start"
assert_fails_with 125 builder run "$name" true
assert_contains "$output" "builder mount $name"
kill "$first"
wait "$first" || true
builder mount "$name" >/dev/null
"$program" --root "$place/store" --runroot "$place/run" run "$name" -- sh -c 'touch /first; echo started; exec sleep 4322' >log2 &
first=$!
wait_until 10 grep -q started log2 || fail "the command did not start"
builder run "$name" -- sh -c 'test -e /first && touch /second'
kill "$first"
wait "$first" || true
builder umount "$name" >/dev/null
builder run "$name" -- ls /first /second >/dev/null
builder rm "$name" >/dev/null
