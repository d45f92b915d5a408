# --timeout ends a build, --step-timeout a step: nothing of it goes on, the exit code is that of timeout(1).
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
printf 'FROM base AS a\nRUN echo begun; sleep 987.1\nFROM base\nRUN true\nCOPY --from=a /etc /etc\n' >slow
assert_fails_with 124 builder build --step-timeout 700ms -f slow empty
assert_contains "$output" "took longer than 700ms (--step-timeout) and was ended"
assert_contains "$output" "slow:2"
assert_contains "$output" "last output:"
assert_fails_with 124 builder build --timeout 1s -f slow empty
assert_contains "$output" "the build took longer than 1s (--timeout) and was ended"
assert_equal "$(process_of 'sleep 987.1')" ""
assert_nothing_left
# Time that is enough changes nothing, and the cache keeps the step.
for i in 1 2; do builder build --timeout 1m --step-timeout 1m -f - empty <<<$'FROM base\nRUN sleep 0.01' >log 2>&1; done
assert_contains "$(cat log)" "Using cache"
# An end of its own stays what it is.
assert_fails_with 3 builder build --timeout 1m --step-timeout 1m -f - empty <<<$'FROM base\nRUN exit 3'
for flag in --timeout --step-timeout; do
    for bad in nonsense -1s 0 5; do
        assert_fails_with 125 builder build $flag=$bad -f slow empty
        assert_contains "$output" "$flag '$bad'"
    done
done
# A registry that never answers, asked for a cache, ends with the time, too.
"$python" - >port <<'PROGRAM' &
import socket, time
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(8)
print(server.getsockname()[1], flush=True)
held = []
while True:
    held.append(server.accept())
PROGRAM
silent=$!
wait_until 10 test -s port || fail "the silent server did not start"
assert_fails_with 124 builder build --timeout 1s --cache-from "127.0.0.1:$(cat port)/c/c" --tls-verify=false --no-cache-filter nosuch -f - empty <<<$'FROM base\nRUN echo new'
kill "$silent"
# Output that nobody reads does not keep it either.
mkfifo unread
exec 9<>unread
begin=$SECONDS
status=0
builder build --no-cache --timeout 1s --progress plain -f - empty <<<$'FROM base\nRUN yes' >unread 2>&1 || status=$?
assert_equal "$status" 124
((SECONDS - begin < 40)) || fail "it took $((SECONDS - begin)) s"
exec 9<&-
wait_until 10 no_process_left || fail "processes are left: $(processes_left)"
# As after a kill, the next command that writes takes away what was half made.
builder build -q --no-cache -f - empty <<<$'FROM base\nRUN true' >/dev/null
