# A process that joins others in their PID namespace gives up its rights before it executes the command. In between, the others read
# neither its memory nor its environment, as they do with the command itself: not the same user of the machine, and not root in
# another container, who has the same rights as it (CVE-2016-9962).
. "$(dirname "$0")/../library.sh"
needs strace setpriv
make_base
strace -qq -o /dev/null -P /none -e inject=execve:delay_enter=1 true 2>/dev/null || skip "this strace cannot hold a call up"
container=$(builder from base)
other=$(builder from base)
alice_looks() { setpriv --reuid 1234 --regid 1235 --clear-groups -- head -c 1 "$1"; }
root_looks() { builder run --pid host "$other" -- head -c 1 "$1"; }
rights=$(builder run "$container" -- grep CapEff /proc/self/status)
# Whether a process is one of those that this test's strace started.
is_ours() {
    local process=$1
    while [[ $process != "$tracer" ]]; do
        process=$(sed -n 's/^PPid:\t//p' "/proc/$process/status" 2>/dev/null)
        ((process > 1)) || return 1
    done
}
# The process whose rights are given up: of that user and with the rights of containers, under the runner's name until the exec.
process_called() { # NAME USER
    local process
    for process in $(pgrep --uid "$2" --exact "$1"); do
        is_ours "$process" || continue
        [[ $2 == 1234 ]] || grep -qxF "$rights" "/proc/$process/status" 2>/dev/null || continue
        echo "$process"
        return
    done
    false
}
before_exit() { if [[ -n ${process:-} && -d /proc/$process ]]; then kill -KILL "$process"; fi; }
for look in "1234 alice_looks" "0 root_looks"; do
    read -r user look <<<"$look"
    # So many seconds between giving up the rights and executing the command.
    strace -f -qq -o /dev/null -P /bin/sleep -e inject=execve:delay_enter=6000000 \
        "$program" --root "$place/store" --runroot "$place/run" run --pid host --user "$user" "$container" -- /bin/sleep 300 >log 2>&1 &
    tracer=$!
    wait_until 20 process_called builder-runner "$user" >/dev/null || fail "$user: nothing waits for its exec: $(cat log)"
    process=$(process_called builder-runner "$user")
    for file in environ maps auxv; do
        ! $look "/proc/$process/$file" >/dev/null 2>&1 || fail "$user: $file can be read before the exec"
    done
    assert_equal "$(process_called builder-runner "$user")" "$process" "what waits for its exec when all was tried, $user"
    wait_until 20 process_called sleep "$user" >/dev/null || fail "$user: the command did not start: $(cat log)"
    assert_equal "$(process_called sleep "$user")" "$process"
    # All that works once the command runs.
    for file in environ maps auxv; do
        $look "/proc/$process/$file" >/dev/null || fail "$user: $file of the command cannot be read either"
    done
    kill -KILL "$process"
    status=0
    wait "$tracer" || status=$?
    process=
    assert_different "$status" 0 "the exit code of what was killed"
done
