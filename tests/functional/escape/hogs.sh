# What a step wastes it wastes alone: memory up to its limit, the disk up to its end, process numbers up to theirs.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
# A storm of zombies, as many as fit, ends with the step; in every isolation.
for kind in oci chroot; do
    builder build -q --no-cache --isolation $kind -f - empty >/dev/null <<'CONTAINERFILE'
FROM base
RUN i=0; while [ $i -lt 400 ]; do (sh -c 'sleep 0.01 & exec sleep 0.02' &); i=$((i+1)); done; echo many
CONTAINERFILE
done
# One that takes memory is ended, and the ones beside it are not.
if builder build -q --memory 64m -f - empty >probe 2>&1 <<<$'FROM base\nRUN true'; then
    output=$(builder build --no-cache --memory 40m --save-stages -f - empty 2>&1 <<'CONTAINERFILE'
FROM base AS hog
RUN (head -c 200m /dev/zero | tail -c 190m >/dev/null); test $? != 0 && echo hog-ended >/result
FROM base AS other
RUN sleep 0.1 && echo fine >/result
FROM base
COPY --from=hog /result /hog
COPY --from=other /result /other
RUN cat /hog /other
CONTAINERFILE
) || fail "$output"
    assert_contains "$output" hog-ended
    assert_contains "$output" fine
else
    printf 'no cgroup for the limit of memory: %s\n' "$(head -1 probe)"
fi
# One that fills the disk fails; what was there stays, and the space comes back.
mkdir small
mount -t tmpfs -o size=24m tmpfs small 2>/dev/null || skip "no small file system can be mounted"
small() { "$program" --root "$place/small/store" --runroot "$place/small/run" "$@"; }
cp /bin/busybox empty/
small build -q -t keep -f - empty >/dev/null <<<$'FROM scratch\nCOPY busybox /bin/sh'
rm empty/busybox
assert_fails_with 1 small build -f - empty <<<$'FROM keep\nRUN exec dd if=/dev/zero of=/big bs=1M'
assert_contains "$output" "No space left"
small build -q --no-cache -t after -f - empty >/dev/null <<<$'FROM keep\nRUN exec dd if=/dev/zero of=/big bs=1M count=8'
umount small
