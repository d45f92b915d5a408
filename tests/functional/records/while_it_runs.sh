# The record of a build that runs is there, and is that of an interrupted one when the program is killed.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
builder builds rm --all >/dev/null
mkdir context
printf 'FROM base\nRUN --mount=type=bind,target=/c echo begun; sleep 2; echo more; while [ ! -e /c/go ]; do sleep 0.1; done\n' >context/Containerfile
state() { builder builds ls --json | jq -r '.[0].state // "none"'; }
state_is() { [[ $(state) == "$1" ]]; }
begun() { [[ $(builder logs 2>/dev/null) == *more* ]]; }
"$program" --root "$place/store" --runroot "$place/run" build -q context >/dev/null 2>&1 &
build=$!
wait_until 30 begun || fail "the log of a running build is not there: $(builder logs)"
assert_equal "$(state)" running
assert_contains "$(builder why)" running
assert_fails_with 125 builder builds rm "$(builder builds ls -q)"
assert_contains "$output" "is running"
kill -9 "$build"
wait "$build" && fail "it was to be killed"
wait_until 10 state_is interrupted || fail "the state is $(state)"
assert_contains "$(builder builds show)" interrupted
builder builds rm --all >/dev/null
assert_equal "$(state)" none
# What the killed build was writing goes with the next one.
touch context/go
builder build -q context >/dev/null
