# Where systemd manages cgroups of version 2, limits lie in a scope that it was asked for, for root and for who is logged in;
# the scope is gone with the build, however that ends.
. "$(dirname "$0")/../library.sh"
[[ -d /run/systemd/system ]] || skip "systemd does not run here"
[[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs ]] || skip "the cgroups are not those of version 2"
[[ -x /bin/busybox ]] || skip "busybox-static is not installed"
((EUID == 0)) || [[ -S /run/user/$EUID/systemd/private ]] || skip "the user has no systemd of its own"
own=$(cut -d: -f3 /proc/self/cgroup)
mkdir context
cp /bin/busybox context
builder build -q -t base -f - context <<<$'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]' >/dev/null
show='cat /proc/self/cgroup; cd /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup) && for f in memory.max memory.swap.max pids.max cpu.max cpu.weight; do [ ! -e $f ] || echo $f $(cat $f); done'
limited() { builder build --no-cache --cgroupns host "$@" -f - context 2>&1 <<<"FROM base
RUN $show"; }
scopes() { find /sys/fs/cgroup -type d -name 'builder-*'; }
no_scopes() { [[ -z $(scopes) ]]; }

slice=/machine.slice
((EUID == 0)) || slice=/user.slice/user-$EUID.slice/user@$EUID.service/user.slice
output=$(limited --memory 50m --memory-swap 60m --pids-limit 33 --cpu-quota 50000 --cpu-period 200000 --cpu-shares 300) || fail "$output"
assert_contains "$output" "0::$slice/builder-"
for line in 'memory.max 52428800' 'memory.swap.max 10485760' 'pids.max 33' 'cpu.max 50000 200000' 'cpu.weight 12'; do assert_line "$output" "$line"; done
wait_until 10 no_scopes || fail "left: $(scopes)"

output=$(limited) || fail "$output"
assert_line "$output" "0::$own" # no limit: nobody is asked

output=$(limited --cgroup-parent one-two.slice --pids-limit 34) || fail "$output"
assert_contains "$output" "/one.slice/one-two.slice/builder-"
assert_line "$output" 'pids.max 34'
wait_until 10 no_scopes || fail "left: $(scopes)"
assert_fails_with 125 builder build --cgroup-parent one--two.slice -f - context <<<'FROM base'
assert_contains "$output" "no name of a slice"
assert_fails_with 125 builder --cgroup-manager nobody build --pids-limit 5 -f - context <<<'FROM base'
assert_contains "$output" "systemd or cgroupfs"

assert_fails_with 137 builder build --no-cache --memory 20m -f - context <<<$'FROM base\nRUN head -c 100m /dev/zero | tail -c 90m >/dev/null'
assert_contains "$output" "more memory than --memory allows"
assert_fails_with 2 builder build --no-cache --pids-limit 4 -f - context <<<$'FROM base\nRUN for i in 1 2 3 4 5 6; do sleep 0.1 & done; wait; exit 1'
assert_contains "$output" "fork"

# A killed program leaves no scope: its runner goes with it, and systemd removes what is empty.
builder build --no-cache --pids-limit 35 -f - context <<<$'FROM base\nRUN echo started; sleep 4283' >killed.log 2>&1 &
killed=$!
wait_until 60 grep -qx started killed.log || fail "$(cat killed.log)"
[[ -n $(scopes) ]] || fail "there is no scope"
kill -KILL "$(pgrep --full --oldest -- "$place/store.*pids-limit 35")"
wait "$killed" || true
wait_until 10 no_scopes || fail "left: $(scopes)"
wait_until 10 no_process_left || fail "left: $(processes_left)"
chmod -R u+rwx "$place/store/staging"
rm -rf "$place/store/staging"/* # what the killed one was at

if ((EUID == 0)); then
    output=$(builder --cgroup-manager cgroupfs build --no-cache --cgroupns host --pids-limit 36 -f - context 2>&1 <<<$'FROM base\nRUN cat /proc/self/cgroup') || fail "$output"
    assert_lacks "$output" ".scope/builder-"
    wait_until 10 no_scopes || fail "left: $(scopes)"
fi
# In a scope that was delegated already nobody is asked: room is made in it. The systemd of an ordinary user leaves no mark
# of that in older versions, such as Debian 12's; there, builder gets a scope of its own.
((EUID == 0)) || exit 0
cat >inner <<END
#!/bin/bash
exec "$program" --root "$place/store" --runroot "$place/run" build --no-cache --cgroupns host --pids-limit 37 -f - context <<<'FROM base
RUN $show'
END
chmod +x inner
output=$(systemd-run --quiet --scope --unit "builder-test-$$" -p Delegate=yes ./inner 2>&1) || fail "$output"
assert_contains "$output" "/builder-test-$$.scope/builder-"
assert_line "$output" 'pids.max 37'
