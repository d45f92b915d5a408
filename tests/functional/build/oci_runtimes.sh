# --runtime: another program makes the containers of the steps. What comes out is the same, and nothing is left behind.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo content >context/file
cat >Containerfile <<'CONTAINERFILE'
FROM base
RUN echo text >/file && mkdir /folder && chown alice /folder && rm /bin/vi
RUN --mount=type=tmpfs,target=/new/point --mount=type=cache,target=/cached --mount=type=bind,target=/context,source=file \
    --mount=type=bind,from=base,source=/etc,target=/other touch /new/point/x /cached/x && cat /context /other/passwd >/read
RUN --network=none test "$(ls /sys/class/net)" = lo && ! touch /etc/hosts
RUN <<END
#!/bin/sh
echo script >/script
END
USER alice
WORKDIR /work
RUN id -un >who && test "$(id -G)" = "1235 50 77"
CONTAINERFILE
layers() { builder inspect "$1" | jq -c .OCIv1.rootfs.diff_ids; }
builder build -q --no-cache --timestamp 0 -t builtin -f Containerfile context >/dev/null
tried=0
for runtime in runc crun; do
    command -v $runtime >/dev/null || continue
    tried=$((tried + 1))
    builder build -q --no-cache --timestamp 0 --runtime $runtime -t $runtime -f Containerfile context >/dev/null
    assert_equal "$(layers $runtime)" "$(layers builtin)" "the layers of $runtime"
    # What a container is: capabilities, filter, limits, hidden paths, devices.
    builder build -q --no-cache --runtime $runtime --ulimit nofile=99:99 --cap-add net_raw --shm-size 1m -f - context >/dev/null <<'CONTAINERFILE'
FROM base
RUN grep -q 'Seccomp:.2' /proc/self/status && grep -q 'CapEff:.00000000800425fb' /proc/self/status && test "$(ulimit -n)" = 99
RUN ! echo 1 >/proc/sys/vm/drop_caches && ! touch /sys/x && test -z "$(cat /proc/timer_list)" && test "$(ls -d /proc/[0-9]* | wc -l)" -lt 5
RUN grep -q ' /dev/shm .*size=1024k' /proc/mounts && echo x >/dev/null && ! mknod /n c 1 5 && ! unshare -m true && test "$(hostname)" = builder
CONTAINERFILE
    # Exit codes, programs that are not there.
    assert_fails_with 7 builder build --runtime $runtime -f - context <<<$'FROM base\nRUN exit 7'
    assert_fails_with 1 builder build --runtime $runtime -f - context <<<$'FROM base\nRUN ["/missing"]'
    # Nothing is left of a build that is killed, nor of what its step started.
    "$program" --root "$place/store" --runroot "$place/run" build --no-cache --cgroupns host --runtime $runtime -f - context >log.$runtime 2>&1 <<<$'FROM base\nRUN setsid sleep 4261 & cat /proc/self/cgroup; echo begun; sleep 4261' &
    build=$!
    wait_until 20 grep -qx begun log.$runtime || fail "it did not begin: $(cat log.$runtime)"
    kill -KILL "$build"
    wait "$build" || true
    gone() { [[ -z $(process_of sleep 4261) ]]; }
    wait_until 10 gone || fail "processes of $runtime are left"
    cgroup=$(grep -om1 'builder-[0-9a-f]*$' log.$runtime) || fail "it had no cgroup: $(cat log.$runtime)"
    no_cgroup_left() { [[ -z $(find /sys/fs/cgroup -name "$cgroup") ]]; }
    wait_until 10 no_cgroup_left || fail "cgroups of $runtime are left"
done
((tried > 0)) || skip "neither runc nor crun is installed"
assert_fails_with 125 builder build --runtime no-such-runtime -f - context <<<'FROM base'
assert_contains "$output" "is not installed"
builder build -q -f - context >/dev/null <<<'FROM scratch' # sweeps what the killed ones left
