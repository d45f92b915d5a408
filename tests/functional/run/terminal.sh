# With --tty the command has a terminal of its own, whose size is that of the caller's.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
cat >terminal.py <<'PROGRAM'
import fcntl, os, pty, select, struct, sys, termios
inner, outer = pty.openpty()[::-1]
fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack('HHHH', 31, 97, 0, 0))
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(inner, termios.TIOCSCTTY, 0)
    for stream in range(3): os.dup2(inner, stream)
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(inner)
text, resized = b'', False
while True:
    try: part = os.read(outer, 4096)
    except OSError: break
    if not part: break
    text += part
    if b'ready' in text and not resized:
        resized = True
        fcntl.ioctl(outer, termios.TIOCSWINSZ, struct.pack('HHHH', 12, 34, 0, 0))
        os.kill(child, 28)
status = os.waitpid(child, 0)[1]
sys.stdout.write(text.decode().replace('\r\n', '\n'))
sys.exit(os.waitstatus_to_exitcode(status))
PROGRAM
status=0
output=$("$python" terminal.py "$program" --root "$place/store" --runroot "$place/run" run --tty "$container" -- sh -c '
    tty; stty size; echo ready
    i=0; while [ "$(stty size)" = "31 97" ] && [ $i -lt 500 ]; do i=$((i + 1)); usleep 10000; done
    stty size; exit 9') || status=$?
assert_equal "$status" 9
assert_contains "$output" $'/dev/pts/0\n31 97\nready\n12 34'
assert_equal "$(builder run --tty "$container" -- test -t 1 </dev/null && echo yes)" yes
builder rm "$container" >/dev/null
