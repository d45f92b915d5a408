# A RUN that a signal ends gives 128 and the number of the signal.
. "$(dirname "$0")/../library.sh"
make_base
builder build -t it -f - . <<<$'FROM base\nRUN exec sleep 7'"$$" >log 2>&1 &
build=$!
wait_until 20 is_running "sleep 7$$" || fail "the step did not start: $(cat log)"
kill -KILL "$(process_of "sleep 7$$")"
status=0
wait "$build" || status=$?
assert_equal "$status" 137 "exit code"
assert_contains "$(cat log)" "signal 9"
