# With --isolation chroot steps see the processes of the machine, but reach none: not their files by /proc/PID/root, not their
# shared memory, not their limits and what the kernel keeps of them in /proc, and where the kernel has Landlock's scopes (Linux
# 6.12), no signal is taken and no abstract socket answers.
. "$(dirname "$0")/../library.sh"
needs g++ setpriv ipcmk
make_base
mkdir context
g++ -static -O0 -w -o context/reach "$tests/escape/reach.cpp"
cp context/reach reach
setpriv --reuid 65534 --regid 65534 --clear-groups sleep 300 &
sleeper=$!
sleep 300 &
own=$!
"$python" -c '
import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind("\0builder-test-" + sys.argv[1]); s.listen(); print("ready", flush=True)
while True: s.accept()' "$$" >socket.log &
listener=$!
touch socket.log
end_all() { kill "$sleeper" "$own" "$listener" 2>/dev/null; ipcrm -m "$memory"; }
wait_until 10 grep -q ready socket.log || fail "nothing listens"
memory=$(ipcmk -M 4096 -p 0600 | grep -o '[0-9]*$')
before_exit() { end_all; }
# That there is something to be reached: outside, by root.
for what in "root $sleeper" "root $own" "memory $memory" "signal $own" "socket builder-test-$$" "limits $own" "oom $own" "dump $own"; do ./reach $what >/dev/null || fail "outside, $what cannot be reached either"; done
own_facts() { cat "/proc/$own/oom_score_adj" "/proc/$own/coredump_filter" "/proc/$own/limits"; }
facts=$(own_facts)
tries="root $sleeper;root $own;memory $memory;limits $own;oom $own;dump $own;nice 0"
has_scopes=$("$python" -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
if ((has_scopes >= 6)); then tries+=";signal $own;signal $sleeper;socket builder-test-$$"; else echo "no scopes of Landlock: signals and abstract sockets are not tried"; fi
IFS=';' read -ra list <<<"$tries"
for user in root alice; do
    for try in "${list[@]}"; do
        step="test -e /proc/$sleeper/stat && ! /reach $try"
        output=$(builder build --no-cache --isolation chroot -f - context 2>&1 <<<$'FROM base\nCOPY reach /reach\nUSER '"$user"$'\nRUN '"$step") || fail "$user, $try: $output"
        assert_contains "$output" "refused: ${try%% *}" "$user"
    done
done
assert_equal "$(own_facts)" "$facts" "what the kernel keeps of a process of the machine"
# Signals among the processes of a step work, and so do limits of its own.
builder build -q --no-cache --isolation chroot -f - context >/dev/null <<<$'FROM base\nRUN sleep 300 & kill $! && ! wait $! && ulimit -n 100 && test "$(ulimit -n)" = 100'
# What the command line asks for it gets.
builder build -q --no-cache --isolation chroot --security-opt unmask=ALL -f - context >/dev/null <<<$'FROM base\nRUN echo 1 >/proc/self/oom_score_adj'
# Of the machine's /sys it sees what a container has there, not the kernel's traces.
cat >with_traces <<'SCRIPT'
mount -t tracefs traces /sys/kernel/tracing && grep -q . /sys/kernel/tracing/README || exit 77
exec "$@"
SCRIPT
status=0
unshare --mount sh with_traces "$program" --root "$place/store" --runroot "$place/run" build -q --no-cache --isolation chroot -t it -f - context >log 2>&1 <<<$'FROM base\nRUN test -d /sys/kernel/tracing && ls -A /sys/kernel/tracing >/seen && ls /sys/kernel >/kernel' || status=$?
if ((status == 77)); then
    echo "no traces can be mounted here: they are not tried"
else
    assert_equal "$status" 0 "a build beside traces: $(cat log)"
    assert_equal "$(file it /seen)" "" "what is seen of the kernel's traces"
    assert_contains "$(file it /kernel)" tracing
fi
# Where no user namespace can be had, root is refused, and told why and what to do.
assert_fails_with 125 unshare --user --map-root-user --mount sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$program" --root "$place/other" --runroot "$place/run" build --isolation chroot -f - context <<<$'FROM scratch\nCOPY reach /reach\nRUN ["/reach", "nothing"]'
assert_contains "$output" "--isolation chroot is not safe here"
assert_contains "$output" "user.max_user_namespaces"
# A namespace that chroot does not have is refused, not left out.
for flag in pid uts cgroupns; do
    assert_fails_with 125 builder build --isolation chroot --$flag private -f - context <<<$'FROM base\nRUN true'
    assert_contains "$output" "--$flag private cannot be had with --isolation chroot"
done
