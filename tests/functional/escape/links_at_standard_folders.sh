# procfs, sysfs and the devices are mounted on folders of their own names only, and their masks are where they are, whatever
# links an image has there (CVE-2019-19921, CVE-2023-27561, CVE-2025-31133).
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p image/real image/dev
cp /bin/busybox image/
cat >check <<'CHECK'
echo ran-$((6 * 7))
for proc in /proc /real; do
    test -e $proc/self/stat || continue
    echo procfs-at$proc
    value=$(cat $proc/sys/kernel/core_pattern) && echo "$value" >$proc/sys/kernel/core_pattern && echo core-pattern-is-writable
    read -r line <$proc/timer_list && test -n "$line" && echo timer-list-is-readable
done
true
CHECK
cp check image/check
flavours=("--isolation oci" "--isolation chroot" "--isolation oci --storage-driver vfs --root $place/vfs")
build_with() { # LINKS FLAGS: an image with these links, and a step in it
    read -ra words <<<"$2"
    builder build --no-cache "${words[@]}" -t links -f - image 2>&1 <<CONTAINERFILE
FROM scratch
COPY . /
$1
RUN ["/busybox", "sh", "/check"]
CONTAINERFILE
}
for flags in "${flavours[@]}"; do
    output=$(build_with "" "$flags") || fail "$flags: $output"
    assert_contains "$output" "ran-42" "$flags"
    for folder in proc sys dev; do
        rm -rf "image/$folder"
        ln -s /real "image/$folder"
        status=0
        output=$(build_with "" "$flags") || status=$?
        rm "image/$folder"
        assert_equal "$status" 125 "$flags: exit code with a link at /$folder ($output)"
        assert_contains "$output" "/$folder of the image is a symbolic link" "$flags"
        assert_lacks "$output" "ran-42" "$flags /$folder"
    done
    # A chain whose end vanishes when /dev is mounted.
    mkdir -p image/dev && ln -s /real image/dev/l && ln -s /dev/l image/proc
    status=0
    output=$(build_with "" "$flags") || status=$?
    rm -r image/dev image/proc
    assert_equal "$status" 125 "$flags: a chain of links ($output)"
    assert_lacks "$output" "is-writable" "$flags"
done
# By `builder run`, where a step of an earlier command made the link.
container=$(builder from base)
builder mount "$container" >mounted
root=$(cat mounted)
rm -rf "${root:?}/proc" && mkdir "$root/real" && ln -s /real "$root/proc"
assert_fails_with 1 builder run "$container" -- busybox true
assert_contains "$output" "/proc of the image is a symbolic link"
builder umount "$container" >/dev/null
# A file in the place is no folder either.
rm -rf image/proc && : >image/proc
status=0
output=$(build_with "" "") || status=$?
assert_equal "$status" 125
assert_contains "$output" "/proc of the image is not a folder"
rm image/proc
# What the Containerfile mounts takes the place of nothing in /proc, /sys and /dev; what the command line does may.
for mount in type=tmpfs,target=/proc type=tmpfs,target=/proc/sys type=tmpfs,target=/sys type=tmpfs,target=/sys/firmware type=tmpfs,target=/dev \
    type=bind,source=check,target=/dev/null type=cache,target=/dev/pts type=cache,target=/link/kernel; do
    assert_fails_with 125 builder build -f - image <<<$'FROM base\nRUN ln -s /sys /link\nRUN --mount='$mount' true'
    grep -qE 'nothing can be mounted in /(proc|sys)|a mount cannot take the place of|is masked or read-only' <<<"$output" || fail "$mount: $output"
done
builder build -q -f - image >/dev/null <<<$'FROM base\nRUN --mount=type=tmpfs,target=/dev/shm --mount=type=bind,source=check,target=/dev/check test -s /dev/check'
mkdir facts && echo 'model name : none' >facts/cpuinfo
assert_equal "$(builder run -v "$place/facts/cpuinfo:/proc/cpuinfo" "$(builder from base)" cat /proc/cpuinfo)" "model name : none"
other=$(builder from base)
assert_fails_with 1 builder run -v "$place/facts:/sys/firmware" "$other" true
assert_contains "$output" "masked or read-only"
# Images for systemd have a volume in /sys: nothing is mounted for it.
builder config --volume /sys/fs/cgroup "$other"
builder run "$other" true
rm -rf "$place/vfs"
