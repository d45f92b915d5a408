# What closes a container off from who made it is looked at: where the kernel does not do it, no step runs. The session keyring
# (CVE-2014-9529), the identity for files in a user namespace, the end with the one that made it.
. "$(dirname "$0")/../library.sh"
needs gcc
make_base
mkdir empty
gcc -O1 -o refuse "$tests/escape/refuse.c"
numbers=$(printf '#include <sys/syscall.h>\n#include <sys/prctl.h>\nkeyctl SYS_keyctl\nsetfsuid SYS_setfsuid\nprctl SYS_prctl\nsetgroups SYS_setgroups\nsetresgid SYS_setresgid\nsetresuid SYS_setresuid\ncapset SYS_capset\n' |
    gcc -E -P -x c - | awk '/^[a-z]+ [0-9]+$/')
number_of() { awk -v name="$1" '$1 == name { print $2 }' <<<"$numbers"; }
# refused CALL ERROR FIRST-ARGUMENT FLAGS...: a build with a RUN under it; its status, the output in $output.
refused() {
    local call=$1 error=$2 first=$3 status=0
    shift 3
    [[ -n $(number_of "$call") ]] || fail "the number of $call is not known"
    output=$(./refuse "$(number_of "$call")" "$error" "$first" "$program" --root "$place/store" --runroot "$place/run" \
        build --no-cache "$@" -f - empty 2>&1 <<<$'FROM base\nRUN echo step-$((6 * 7)) ran') || status=$?
    return $status
}
# Without it the step runs, under the same filter of a call that nobody makes.
refused keyctl 13 4711 || fail "the filter itself disturbs: $output"
assert_contains "$output" "step-42 ran"
for isolation in oci chroot; do
    ! refused keyctl 13 any --isolation $isolation || fail "$isolation: the session keyring was kept: $output"
    assert_contains "$output" "cannot leave the session keyring"
    assert_lacks "$output" "step-42 ran"
    # Where this process may not ask, steps may not either.
    refused keyctl 1 any --isolation $isolation || fail "$isolation: a kernel that lets nobody ask: $output"
    assert_contains "$output" "step-42 ran"
done
users="--userns-uid-map 0:100000:65536 --userns-gid-map 0:100000:65536"
# shellcheck disable=SC2086 # flags are words
if refused keyctl 13 4711 $users; then
    assert_contains "$output" "step-42 ran"
    # It says that all went well, and did nothing.
    ! refused setfsuid 0 any $users || fail "files are made as root of the machine: $output"
    assert_contains "$output" "cannot make files as user 100000"
    assert_lacks "$output" "step-42 ran"
fi
! refused prctl 22 1 --pid host || fail "the step would stay behind: $output"
assert_lacks "$output" "step-42 ran"
# What takes rights away is looked at as well (CVE-2023-38496): groups, user, capabilities, the bounding set.
for call in setgroups setresgid setresuid capset; do
    ! refused $call 1 any || fail "$call did nothing, and the step ran: $output"
    assert_lacks "$output" "step-42 ran"
done
! refused prctl 1 24 || fail "the bounding set stayed, and the step ran: $output"
assert_lacks "$output" "step-42 ran"
