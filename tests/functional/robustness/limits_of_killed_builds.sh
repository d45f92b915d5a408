# The cgroups of a build that was killed are removed by the next one that makes some; those of a living build stay.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context
cgroups() { find /sys/fs/cgroup -depth -type d -name "builder-$1" 2>/dev/null; }
# start_build NAME: a build with a limit whose step is running; sets $program_number.
start_build() {
    printf 'FROM base\nRUN --mount=type=bind,source=.,target=/c echo %s; while test ! -e /c/end-%s; do sleep 0.05; done\n' "$1" "$1" >"$1.file"
    "$program" --root "$place/store" --runroot "$place/run" build --no-cache --memory 128m -f "$1.file" context >"$1.log" 2>&1 &
    program_number=$!
    wait_until 20 grep -q "^$1\|$1\$" "$1.log" || fail "the step does not run: $(cat "$1.log")"
}
has_limit() { builder build -q --no-cache --memory 64m -f - context <<<$'FROM base\nRUN true' >/dev/null 2>limit.log; }
has_limit || skip "no cgroup can be made here: $(cat limit.log)"

start_build killed
killed=$program_number
[[ -n $(cgroups "$killed") ]] || fail "the build has no cgroup"
# The runner removes them when the build is gone, if it lives and has heard of them: here it ends first.
kill -STOP "$killed"
runner=$(pgrep --parent "$killed" --exact builder-runner) || fail "the build has no runner"
kill -KILL "$runner" "$killed"
! wait "$killed" 2>/dev/null || fail "the build was not killed"
wait_until 10 no_process_left || fail "it is not dead"
[[ -n $(cgroups "$killed") ]] || fail "the kernel has removed the cgroup: this test shows nothing"

start_build living
living=$program_number
assert_equal "$(cgroups "$killed")" "" "the cgroup of the killed build"
has_limit
[[ -n $(cgroups "$living") ]] || fail "the cgroup of a living build was removed"
touch context/end-living
wait "$living" || fail "the living build failed: $(cat living.log)"
assert_equal "$(cgroups "$living")" "" "the cgroup of the build that is done"
