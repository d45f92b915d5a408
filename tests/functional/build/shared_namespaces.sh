# --pid, --ipc, --uts and --cgroupns of a build: private, the host's, or those that are there already.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
inode() { readlink "/proc/self/ns/$1"; }
try() { builder build -q --no-cache "$@" -f - empty >/dev/null; }
same() { printf 'FROM base\nRUN test "$(readlink /proc/self/ns/%s)" = "%s"' "$1" "$2"; }
differs() { printf 'FROM base\nRUN test "$(readlink /proc/self/ns/%s)" != "%s"' "$1" "$2"; }
for kind in pid ipc uts cgroup; do
    flag=$kind
    [[ $kind != cgroup ]] || flag=cgroupns
    try --$flag host <<<"$(same $kind "$(inode $kind)")"
    try --$flag private <<<"$(differs $kind "$(inode $kind)")"
done
try --pid host <<<$'FROM base\nRUN (setsid sleep 4271 &); test -e /proc/'$$'/stat'
[[ -z $(process_of sleep 4271) ]] || fail "a process is left"
# One that is there: made by unshare, and that of a container.
unshare --ipc --uts sh -c 'echo; exec sleep 1235' >begun &
other=$!
wait_until 10 test -s begun || fail "there are no namespaces"
try --ipc "ns:/proc/$other/ns/ipc" --uts "ns:/proc/$other/ns/uts" <<<"$(same uts "$(readlink "/proc/$other/ns/uts")")"
kill "$other"
container=$(builder from base)
"$program" --root "$place/store" --runroot "$place/run" run --hostname pod "$container" -- sh -c 'echo begun; exec sleep 1236' >log &
process=$!
wait_until 10 grep -q begun log || fail "the command did not start"
try --pid "container:$container" --uts "container:$container" <<<$'FROM base\nRUN test "$(hostname)" = pod && ps | grep -q "sleep 1236"'
kill "$process"
wait "$process" || true
assert_fails_with 125 builder build --pid moon -f - empty <<<'FROM base'
builder rm "$container" >/dev/null
