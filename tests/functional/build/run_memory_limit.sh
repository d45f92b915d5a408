# --memory limits what a step may use, and the cgroup is gone afterwards.
. "$(dirname "$0")/../library.sh"
make_base
if ! builder build -q --memory 64m -f - . >probe 2>&1 <<<$'FROM base\nRUN true'; then
    grep -q 'cgroup\|memory' probe && skip "this host gives no memory cgroup: $(head -1 probe)"
fi
cgroups() { find /sys/fs/cgroup -type d -name '*builder*'; }
before=$(cgroups)
assert_fails_with 137 builder build --memory 20m -f - . <<<$'FROM base\nRUN head -c 100m /dev/zero | tail -c 90m >/dev/null'
assert_equal "$(cgroups)" "$before" "cgroups"
assert_contains "$output" "--memory"
assert_contains "$output" "the kernel ended"
