# A process that joins others in their PID namespace gives up its rights before it executes the command. In between, others of the
# same user read neither its memory nor its environment, as they do with the command itself (CVE-2016-9962).
. "$(dirname "$0")/../library.sh"
needs strace setpriv
make_base
strace -qq -o /dev/null -P /none -e inject=execve:delay_enter=1 true 2>/dev/null || skip "this strace cannot hold a call up"
container=$(builder from base)
as_owner() { setpriv --reuid 1234 --regid 1234 --clear-groups -- "$@"; }
# The process by its name: the runner's, until the command is executed.
process_called() { pgrep --uid 1234 --exact "$1"; }
# 3 seconds between giving up the rights and executing the command.
strace -f -qq -o /dev/null -P /bin/sleep -e inject=execve:delay_enter=3000000 \
    "$program" --root "$place/store" --runroot "$place/run" run --pid host --user 1234:1234 "$container" -- /bin/sleep 300 >log 2>&1 &
tracer=$!
wait_until 20 process_called builder-runner >/dev/null || fail "nothing waits for its exec: $(cat log)"
process=$(process_called builder-runner)
for file in environ maps auxv fd/0; do
    ! as_owner head -c 1 "/proc/$process/$file" >/dev/null 2>&1 || fail "$file can be read before the exec"
done
assert_equal "$(process_called builder-runner)" "$process" "what waits for its exec when all was tried"
wait_until 20 process_called sleep >/dev/null || fail "the command did not start: $(cat log)"
# All that works once the command runs.
assert_equal "$(process_called sleep)" "$process"
for file in environ maps auxv fd/0; do as_owner head -c 1 "/proc/$process/$file" >/dev/null || fail "$file of the command cannot be read either"; done
kill -KILL "$process"
status=0
wait "$tracer" || status=$?
assert_different "$status" 0 "the exit code of what was killed"
