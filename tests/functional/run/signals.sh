# A signal to the program is one to the command: handled by it, or its end.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
started() { grep -q started "$1"; }
"$program" --root "$place/store" --runroot "$place/run" run "$container" -- sh -c 'trap "exit 42" TERM; echo started; while :; do usleep 10000; done' >one &
wait_until 10 started one || fail "the command did not start"
kill -TERM $!
status=0
wait $! || status=$?
assert_equal "$status" 42
"$program" --root "$place/store" --runroot "$place/run" run "$container" -- sh -c 'echo started; exec sleep 1000' >two &
wait_until 10 started two || fail "the command did not start"
kill -TERM $!
status=0
wait $! || status=$?
assert_equal "$status" 143
builder rm "$container" >/dev/null
