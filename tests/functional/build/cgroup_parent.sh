# --cgroup-parent: the cgroups of the steps are made there, by root and by a user who was given a part of the tree, and are
# gone afterwards with what runs in them.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
[[ -d /sys/fs/cgroup ]] || skip "there are no cgroups here"
parent=builder-test-$$
script=$'FROM base\nRUN cat /proc/self/cgroup; (setsid sleep 4281 &)'
output=$(builder build --no-cache --cgroupns host --cgroup-parent /$parent/inner --pids-limit 40 -f - empty 2>&1 <<<"$script") || {
    [[ $output == *cgroup* ]] && skip "no cgroup can be made: $output"
    fail "$output"
}
assert_contains "$output" "/$parent/inner/builder-"
[[ -z $(process_of sleep 4281) ]] || fail "a process is left"
assert_equal "$(find /sys/fs/cgroup -name "$parent")" "" "cgroups that are left"
for runtime in runc crun; do
    command -v $runtime >/dev/null || continue
    output=$(builder build --no-cache --cgroupns host --runtime $runtime --cgroup-parent /$parent/inner -f - empty 2>&1 <<<"$script") || fail "$output"
    assert_contains "$output" "/$parent/inner/builder-" "$runtime"
    find /sys/fs/cgroup -depth -type d -path "*/$parent*" -exec rmdir {} + # a runtime leaves the parents
done
assert_fails_with 125 builder build --cgroup-parent relative -f - empty <<<'FROM base'
# Version 2, as where an ordinary user was given a part of the tree.
tree=/sys/fs/cgroup
[[ -e $tree/cgroup.procs ]] || tree=/sys/fs/cgroup/unified
[[ -e $tree/cgroup.procs ]] || skip "there is no tree of version 2"
an_ordinary_user with_one_id
before_exit() { find $tree -depth -type d -path "*/$parent*" -exec rmdir {} + || true; }
mkdir -p "$tree/$parent/self" || skip "no cgroup can be made"
for folder in "$tree/$parent" "$tree/$parent/self"; do chown 4711:4711 "$folder" "$folder/cgroup.procs" "$folder/cgroup.subtree_control"; done
cp /bin/busybox empty/busybox
chmod -R a+rX empty
in_its_part() {
    unshare --mount bash -c 'mount --bind "$0" /sys/fs/cgroup; echo $$ >"/sys/fs/cgroup/$1/self/cgroup.procs"; shift; exec "$@"' "$tree" "$parent" bash -c "$(declare -f in_users_place user_builder); place=$place; user_builder \"\$@\"" bash "$@"
}
script=$'FROM scratch\nCOPY busybox /bin/sh\nRUN ["/bin/sh", "-c", "exec cat /proc/self/cgroup"]'
output=$(in_its_part build --no-cache --cgroupns host --cgroup-parent "/$parent/inner" -f - "$place/empty" 2>&1 <<<"$script") || fail "$output"
assert_contains "$output" "0::/$parent/inner/builder-"
[[ ! -e $tree/$parent/inner ]] || fail "the cgroup is left"
if ! grep -q pids "$tree/cgroup.controllers"; then
    assert_fails_with 125 in_its_part build --no-cache --pids-limit 20 -f - "$place/empty" <<<"$script"
    assert_contains "$output" "no cgroup controller pids"
fi
