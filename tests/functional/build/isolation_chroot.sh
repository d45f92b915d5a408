# --isolation chroot shares processes and network with the machine, makes the same layers, and leaves nothing behind.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
cat >Containerfile <<'CONTAINERFILE'
FROM base
RUN echo text >/file && mkdir /folder && ln -s /file /link && chown alice /folder && rm /bin/vi
RUN --mount=type=tmpfs,target=/new/point --mount=type=cache,target=/cached touch /new/point/x /cached/x
USER alice
WORKDIR /work
RUN id -un >who
CONTAINERFILE
layers() { builder inspect "$1" | jq -c .OCIv1.rootfs.diff_ids; }
for kind in oci rootless chroot; do builder build -q --no-cache --timestamp 0 --isolation $kind -t $kind -f Containerfile empty >/dev/null; done
assert_equal "$(layers chroot)" "$(layers oci)" "the layers"
assert_equal "$(layers rootless)" "$(layers oci)" "the layers"
assert_equal "$(file chroot /work/who)" alice
# What is shared, and what holds nevertheless.
run() { builder build -q --no-cache --isolation chroot "$@" -f - empty >/dev/null; }
run --ulimit nofile=99:99 <<CONTAINERFILE
FROM base
RUN test -e /proc/$$/stat && test "\$(readlink /proc/self/ns/net)" = "$(readlink /proc/self/ns/net)"
RUN test "\$(readlink /proc/self/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" && test "\$(hostname)" = "$(hostname)"
RUN grep -q 'Seccomp:.2' /proc/self/status && ! unshare -m true && ! mount -t tmpfs x /tmp && test "\$(ulimit -n)" = 99
RUN ! echo 1 >/proc/sys/vm/drop_caches && ! touch /sys/x && test -z "\$(cat /proc/timer_list)" && test ! -e $place
CONTAINERFILE
BUILDAH_ISOLATION=chroot builder build -q --no-cache -f - empty >/dev/null <<<$'FROM base\nRUN test -e /proc/'$$'/stat'
# Everything that a step started ends with it, though no namespace does that.
run <<<$'FROM base\nRUN (trap "" TERM; setsid sleep 4251 & setsid setsid sleep 4251 &); sleep 0.1'
[[ -z $(process_of sleep 4251) ]] || fail "processes are left"
"$program" --root "$place/store" --runroot "$place/run" build --no-cache --isolation chroot -f - empty >log 2>&1 <<<$'FROM base\nRUN setsid sleep 4252 & echo begun; sleep 4252' &
build=$!
wait_until 20 grep -qx begun log || fail "it did not begin: $(cat log)"
kill -KILL "$build"
wait "$build" || true
gone() { [[ -z $(process_of sleep 4252) ]]; }
wait_until 10 gone || fail "processes are left after the end of the program"
# A working container likewise.
container=$(builder from --isolation chroot base)
assert_equal "$(builder run "$container" readlink /proc/self/ns/pid)" "$(readlink /proc/self/ns/pid)"
assert_fails_with 7 builder run --isolation chroot "$container" sh -c 'exit 7'
builder rm "$container" >/dev/null
builder build -q -f - empty >/dev/null <<<'FROM scratch' # sweeps what the killed one left
