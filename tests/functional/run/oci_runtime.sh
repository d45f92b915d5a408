# `run --runtime`: signals, exit codes and a terminal go through another program that makes the container.
. "$(dirname "$0")/../library.sh"
make_base
tried=0
container=$(builder from base)
for runtime in runc crun; do
    command -v $runtime >/dev/null || continue
    tried=$((tried + 1))
    assert_equal "$(echo input | builder run --runtime $runtime "$container" cat)" input
    assert_fails_with 9 builder run --runtime $runtime "$container" sh -c 'exit 9'
    assert_equal "$(builder run --runtime $runtime --hostname named "$container" hostname)" named
    "$program" --root "$place/store" --runroot "$place/run" run --runtime $runtime "$container" sh -c 'trap "echo told; exit 3" TERM; echo begun; while true; do sleep 0.02; done' >log.$runtime 2>&1 &
    process=$!
    wait_until 20 grep -q begun log.$runtime || fail "it did not begin: $(cat log.$runtime)"
    kill -TERM "$process"
    status=0
    wait "$process" || status=$?
    assert_equal "$status" 3 "the exit code after a signal"
    grep -q told log.$runtime || fail "the signal was not passed on"
    # The container's own terminal, of the size of this one.
    output=$("$python" - "$program" --root "$place/store" --runroot "$place/run" run --tty --runtime $runtime "$container" sh -c 'test -t 0 && tty && stty size' <<'PROGRAM'
import fcntl, os, pty, struct, sys, termios
process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 77, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
text = b''
while True:
    try:
        part = os.read(terminal, 1024)
    except OSError:
        break
    if not part:
        break
    text += part
print(text.decode(), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
PROGRAM
)
    assert_contains "$output" "33 77"
    assert_contains "$output" "/dev/"
    builder config --env "X=$runtime" "$container"
    builder run --runtime $runtime -v "$place:/outside:ro" "$container" sh -c 'test -e /outside/store && ! touch /outside/x && test "$X" = '$runtime
done
((tried > 0)) || skip "neither runc nor crun is installed"
builder rm "$container" >/dev/null
