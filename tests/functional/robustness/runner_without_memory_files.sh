# Where memory files cannot be executed (vm.memfd_noexec=2), the runner is executed from a mount of its own, or, where nothing
# can be mounted, from a file without a name; nothing of either is left.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty tmp
strict() { unshare --pid --fork --mount-proc sh -c 'echo 2 >/proc/sys/vm/memfd_noexec && exec "$@"' sh "$@"; }
strict true 2>/dev/null || skip "this kernel has no vm.memfd_noexec"
execute='import os
f = os.memfd_create("x", 0); os.write(f, open("/bin/busybox", "rb").read()); os.execve(f, ["true"], {})'
assert_fails_with 1 strict "$python" -c "$execute"
assert_contains "$output" "PermissionError"
export TMPDIR=$place/tmp
strict "$program" --root "$place/store" --runroot "$place/run" build -q --no-cache -f - empty >/dev/null <<<$'FROM base\nRUN echo made >/file'
assert_equal "$(ls tmp)" ""
needs unshare setpriv
mkdir -m 777 home && cp "$program" home/builder && chmod 755 "$place" home/builder && chmod 777 tmp
builder push -q base oci-archive:home/base.tar:base && chmod 644 home/base.tar
in_strict_locked_down_place() {
    unshare --user --map-root-user --pid --fork --mount-proc sh -c 'echo 2 >/proc/sys/vm/memfd_noexec || exit 99; echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --no-new-privs \
        --bounding-set=-all --inh-caps=-all "$@"' sh "$@"
}
in_strict_locked_down_place true || skip "no such place can be made here"
printf 'FROM oci-archive:%s/home/base.tar\nRUN echo ran-$((6 * 7))\n' "$place" >Containerfile
output=$(in_strict_locked_down_place "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" build --no-cache -f Containerfile empty 2>&1) || fail "$output"
assert_contains "$output" "ran-42"
assert_equal "$(ls tmp)" ""
