# --transient-store: a container goes with the next boot, unless somebody works in it.
source "$(dirname "$0")/../library.sh"
needs unshare
needs_root
unset STORAGE_OPTS
assert_equal "$(builder --transient-store info --format '{{.store.GraphTransientStore}}')" true
builder --transient-store from --name gone scratch >/dev/null
builder from --name stays scratch >/dev/null
assert_equal "$(builder containers --format '{{.ContainerName}}' | sort)" $'gone\nstays'
# After a boot the machine has another ID.
echo 00000000-0000-0000-0000-000000000000 >boot
after_boot() {
    unshare --mount sh -c 'mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"' sh "$place/boot" \
        "$program" --root "$place/store" --runroot "$place/run" "$@"
}
assert_equal "$(after_boot containers --format '{{.ContainerName}}')" stays
assert_equal "$(builder containers --format '{{.ContainerName}}')" stays
