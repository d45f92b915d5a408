# Where /proc cannot be mounted, as in a container that hides parts of it, steps run with --isolation chroot, and it is said.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
mkfifo go
in_user_namespace() { [[ $(readlink "/proc/$1/ns/user") != "$(readlink /proc/self/ns/user)" ]]; }
# inside COMMAND...: as root of a user namespace that has the same users.
inside() {
    unshare --user --mount bash -c 'read -r <go; exec "$@"' bash "$@" <&0 &
    local process=$!
    wait_until 10 in_user_namespace "$process" || fail "there is no user namespace"
    echo '0 0 65536' >"/proc/$process/uid_map" && echo '0 0 65536' >"/proc/$process/gid_map"
    echo >go
    wait "$process"
}
unshare --user true 2>/dev/null || skip "user namespaces may not be made here"
mount --bind /dev/null /proc/timer_list 2>/dev/null || skip "nothing may be mounted over /proc"
umount /proc/timer_list
# A store of root is not one for a user namespace.
builder push -q base oci-archive:"$place/base.tar:base"
nested=(--root "$place/nested/store" --runroot "$place/nested/run")
script="FROM oci-archive:$place/base.tar"$'\nRUN test "$(readlink /proc/self/ns/pid)" = "'$(readlink /proc/self/ns/pid)$'"'
# A kernel hides /proc from a user namespace only where each procfs that can be seen has something over it: others, of a chroot
# elsewhere, must not be in sight.
hide_proc() {
    local place
    while read -r place; do umount --lazy "$place"; done < <(awk '/ - proc / && $5 != "/proc" { print $5 }' /proc/self/mountinfo)
    mount --bind /dev/null /proc/timer_list
    [[ $(grep -c ' - proc ' /proc/self/mountinfo) == 1 ]]
}
unshare --mount bash -c "$(declare -f hide_proc); hide_proc" || skip "another procfs than /proc cannot be put out of sight"
export -f inside wait_until in_user_namespace fail hide_proc
output=$(unshare --mount bash -c 'hide_proc; inside "$@"' bash "$program" "${nested[@]}" build --no-cache -f - empty 2>&1 <<<"$script") || fail "$output"
assert_contains "$output" "--isolation chroot"
assert_contains "$output" "parts of /proc are hidden here" # older kernels give no more reason than "not permitted"
# Nothing is said where nothing is hidden.
assert_lacks "$(inside "$program" "${nested[@]}" build --no-cache -f - empty 2>&1 <<<"FROM oci-archive:$place/base.tar"$'\nRUN true')" chroot
