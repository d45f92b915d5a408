# kill -9 in the middle of a RUN leaves no mount, no process, no cgroup; the store is good and the next build works.
. "$(dirname "$0")/../library.sh"
make_base
cgroups() { find /sys/fs/cgroup -type d -name '*builder*'; }
before=$(cgroups)
printf 'FROM base\nRUN echo first >/first\nRUN echo half >/half; exec sleep 6%s\n' "$$" >Containerfile
builder build --memory 200m -t it . >log 2>&1 &
build=$!
wait_until 20 is_running sleep "6$$" || fail "the step did not start: $(cat log)"
# The oldest of its processes: the others have to see that it is gone.
pkill -KILL --oldest --full -- "^$program --root $place/store .*build" || fail "there was nothing to kill"
status=0
wait "$build" || status=$?
assert_equal "$status" 137 "the status of what was killed"
wait_until 10 no_process_left || fail "processes are left: $(processes_left)"
! is_running sleep "6$$" || fail "the command of the step outlived the build"
assert_equal "$(mounts_left)" "" "mounts"
wait_until 10 eval '[[ $(cgroups) == "$before" ]]' || fail "cgroups are left: $(cgroups)"
assert_fails_with 125 builder inspect it
sed -i 's/exec sleep.*/true/' Containerfile
log=$(builder build -t it .)
assert_equal "$(file it /half)" half
assert_equal "$(file it /first)" first
builder prune >/dev/null 2>&1 # sweeps what the killed one was writing
assert_equal "$(sqlite_check)" ok
