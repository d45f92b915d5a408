# An emulated step shares the kernel's lists with all processes of its user: none of them can be signalled, slowed down or looked into, no
# shared memory, queue or terminal of theirs is had, and what a step makes of the same kind itself works.
source "$(dirname "$0")/../library.sh"
needs g++
make_base
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
a_locked_down_place
mkdir context shown && chmod 755 shown && echo text >shown/file
mkdir -m 777 meet
g++ -static -O0 -w -o context/others "$tests/escape/emulated_others.cpp"
locked_down build -q -t it -f - context >/dev/null <<CONTAINERFILE 2>log || fail "$(cat log)"
FROM oci-archive:$place/base.tar
COPY others /
CONTAINERFILE

# A process of the same user with shared memory and a queue, which it looks at again at the end.
cat >victim.py <<'PROGRAM'
import ctypes, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
key = 0x62750000 | os.getpid() & 0xffff
segment = libc.shmget(key, 4096, 0o1600)
queue = libc.msgget(key, 0o1600)
place = libc.shmat(segment, None, 0)
ctypes.memmove(place, b'private\0', 8)
print(segment, key, flush=True)
sys.stdin.read()
print(ctypes.string_at(place).decode(), os.getpriority(os.PRIO_PROCESS, 0), flush=True)
libc.shmctl(segment, 0, None)
libc.msgctl(queue, 0, None)
PROGRAM
mkfifo ends
"$python" victim.py <ends >victim.log &
victim=$!
exec 7>ends
wait_until 20 test -s victim.log || fail "there is no process to try"
read -r segment key <victim.log
[[ $(ipcs -m | grep -c "^$(printf '0x%08x' "$key")") == 1 ]] || fail "there is no shared memory to try"
container=$(locked_down from it 2>/dev/null)
locked_down run -v "$place/shown:/shown:ro" "$container" -- /others "$victim" "$segment" "$key" /shown/file >tried 2>&1 || fail "$(cat tried)"
exec 7>&-
wait "$victim" || fail "the process was ended: $?"
assert_equal "$(tail -1 victim.log)" "private 0" "memory and priority of the process"
assert_contains "$(cat tried)" "tried all"
assert_lacks "$(cat tried)" WORKED
assert_lacks "$(cat tried)" LOST

# A terminal's number that the step had, and somebody else has now.
cat >terminals.py <<'PROGRAM'
import os, sys, time
number, kept = int(open(sys.argv[1] + '/number').read()), []
for _ in range(200):
    outer, inner = os.openpty()
    kept.append((outer, inner))
    if os.ttyname(inner) == f'/dev/pts/{number}':
        break
else:
    number = -1
open(sys.argv[1] + '/taken.new', 'w').write(str(number))
os.rename(sys.argv[1] + '/taken.new', sys.argv[1] + '/taken')
sys.stdin.read()
PROGRAM
cat >meet/step <<'STEP'
exec 5<>/dev/ptmx || exit 1
for terminal in /dev/pts/[0-9]*; do [ -c "$terminal" ] && own=$terminal; done
[ -n "$own" ] || exit 2
(: <"$own") 2>/dev/null || echo "LOCKED"
exec 5>&-
echo "${own##*/}" >/meet/number.new && mv /meet/number.new /meet/number
until [ -e /meet/taken ]; do :; done
[ "$(cat /meet/taken)" = "${own##*/}" ] || exit 3
if [ -e "$own" ] || (: <"$own") 2>/dev/null; then echo "WORKED: opening $own"; fi
echo "tried all"
STEP
mkfifo ends2
locked_down run -v "$place/meet:/meet" "$container" -- sh /meet/step >tried 2>&1 &
step=$!
wait_until 20 test -e meet/number || fail "the step has no terminal: $(cat tried)"
"$python" terminals.py "$place/meet" <ends2 &
owner=$!
exec 7>ends2
status=0
wait "$step" || status=$?
exec 7>&-
wait "$owner"
((status != 3)) || skip "the number of the terminal was not given again"
assert_equal "$status" 0 "$(cat tried)"
assert_contains "$(cat tried)" "tried all"
assert_lacks "$(cat tried)" WORKED
