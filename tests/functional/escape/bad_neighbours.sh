# A step cannot take the machine: fork bombs, zombies, processes that stay behind or ignore being told to end.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
output=$(builder build --no-cache --pids-limit 30 -f - empty 2>&1 <<<$'FROM base\nRUN for i in $(seq 200); do sleep 1000 & done; echo started') && status=0 || status=$?
if [[ $output == *"cgroup"* ]]; then
    printf 'no cgroup for the limit of processes: %s\n' "$output"
else
    assert_contains "$output" "fork" "the limit is met"
fi
# What a step leaves running ends with it, whatever it does about signals.
builder build -q --no-cache -t it -f - empty >/dev/null <<<$'FROM base\nRUN (trap "" TERM INT HUP; sleep 4242 & sleep 4242) & for i in 1 2 3 4 5; do (sh -c "exit 0" &) ; done; echo done'
[[ -z $(process_of sleep 4242) ]] || fail "processes are left"
# A build that is told to end ends, though its step does not want to.
"$program" --root "$place/store" --runroot "$place/run" build --no-cache -f - empty >log 2>&1 <<<$'FROM base\nRUN trap "" TERM INT HUP; echo begun; while true; do sleep 4243; done' &
build=$!
wait_until 20 grep -qx begun log || fail "it did not begin: $(cat log)"
kill -TERM "$build"
status=0
wait "$build" || status=$?
assert_equal "$status" 143
[[ -z $(process_of sleep 4243) ]] || fail "the step goes on"
