# A command that was given the user's terminal types nothing into it (TIOCSTI: CVE-2016-7545, CVE-2017-5226), nor takes it.
. "$(dirname "$0")/../library.sh"
needs g++
make_base
container=$(builder from base)
g++ -static -O0 -w -o probe "$tests/escape/probe.cpp"
builder copy -q "$container" probe /probe >/dev/null
for thing in terminal-input input-of-the-stream input-of-a-taken-stream; do
    for kind in oci chroot; do
        output=$("$python" - "$program" --root "$place/store" --runroot "$place/run" run --isolation $kind "$container" sh -c "test -t 0 && /probe $thing && echo refused" <<'PROGRAM'
import os, pty, sys
process, terminal = pty.fork()
if process == 0:
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
print(text.decode())
PROGRAM
)
        assert_contains "$output" refused "$thing with $kind"
    done
done
builder rm "$container" >/dev/null
