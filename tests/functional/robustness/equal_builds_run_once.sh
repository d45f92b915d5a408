# Two builds that come to the same step at the same moment run it once: the second sees what it prints, and takes its record.
# When the first one fails or dies, the second runs the step itself.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
start() { exec "$program" --root "$place/store" --runroot "$place/run" build -t "$1" -f Containerfile empty; }
# A step that notes each of its runs in a cache, prints a line, and waits for a file there.
step() { # WORD COMMAND
    printf 'FROM base\nRUN --mount=type=cache,id=runs,target=/m echo %s >>/m/runs; echo begun %s; until test -e /m/go-%s; do usleep 20000; done; %s\n' "$1" "$1" "$1" "$2" >Containerfile
}
cache() { find "$place/store/cache-mounts" -mindepth 1 -maxdepth 1 -type d; }
runs() { grep -c "^$1$" "$(cache)/runs"; }
waits() { grep -q "this one waits for it" "$1"; }
# both_at WORD: the first build is in the step, and the second one waits for it.
both_at() {
    start left >left 2>&1 &
    left=$!
    wait_until 20 grep -qx "begun $1" left || fail "the first one did not begin: $(cat left)"
    start right >right 2>&1 &
    right=$!
    wait_until 20 waits right || fail "the second one does not wait: $(cat right)"
}

step one 'echo ended one; cat /proc/sys/kernel/random/uuid >/seen'
both_at one
wait_until 20 grep -qx "begun one" right || fail "the second one does not see the output: $(cat right)"
touch "$(cache)/go-one"
wait "$left" || fail "$(cat left)"
wait "$right" || fail "$(cat right)"
assert_equal "$(runs one)" 1 "the step ran"
grep -qx "ended one" right || fail "the end of the output is missing: $(cat right)"
assert_equal "$(file right /seen)" "$(file left /seen)"

# The first one is killed.
step two 'true'
both_at two
kill -KILL "$left"
wait "$left" || assert_equal $? 137
twice() { (($(runs two) == 2)); }
wait_until 20 twice || fail "the second one does not run the step: $(cat right)"
touch "$(cache)/go-two"
wait "$right" || fail "$(cat right)"

# The first one fails.
step three 'test -e /m/works'
both_at three
touch "$(cache)/go-three"
status=0
wait "$left" || status=$?
assert_equal "$status" 1 "the first one"
status=0
wait "$right" || status=$?
assert_equal "$status" 1 "the second one: $(cat right)"
assert_equal "$(runs three)" 2 "the step ran"

# Who waits can be told to end.
step four 'true'
both_at four
kill -TERM "$right"
status=0
wait "$right" || status=$?
assert_equal "$status" 143 "the second one"
touch "$(cache)/go-four"
wait "$left" || fail "$(cat left)"
assert_equal "$(find "$place/store/locks" -name 'step-*' | wc -l)" 0 "locks are left"

# Who comes when the first one has failed waits for the second, not beside it.
step six 'test $(grep -c six /m/runs) -gt 1 || exit 3; until test -e /m/second; do usleep 20000; done'
both_at six
touch "$(cache)/go-six"
status=0
wait "$left" || status=$?
assert_equal "$status" 3 "the first one"
twice() { (($(runs six) == 2)); }
wait_until 20 twice || fail "the second one does not run the step: $(cat right)"
start third >third 2>&1 &
third=$!
wait_until 20 waits third || fail "the third one does not wait: $(cat third)"
touch "$(cache)/second"
wait "$right" || fail "$(cat right)"
wait "$third" || fail "$(cat third)"
assert_equal "$(runs six)" 2 "the step ran"

# With --no-cache each runs it.
step five 'true'
touch "$(cache)/go-five"
builder build -q --no-cache -f Containerfile empty >/dev/null &
left=$!
builder build -q --no-cache -f Containerfile empty >/dev/null
wait "$left"
assert_equal "$(runs five)" 2
