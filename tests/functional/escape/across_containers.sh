# Steps and the machine cannot look into each other: ptrace and its files of /proc (CVE-2018-15664, CVE-2019-5736), with
# --isolation chroot too, where the processes are in sight; caches whose paths are swapped while others mount them
# (CVE-2024-23651); bind sources that lead out (CVE-2024-1753).
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty victim
echo of-the-host >victim/file
victim=$$
for kind in oci chroot; do
    builder build -q --no-cache --isolation $kind -f - empty >/dev/null <<CONTAINERFILE
FROM base
RUN ! ls /proc/$victim/root/etc && test -z "\$(readlink /proc/$victim/fd/255)" && ! cat /proc/$victim/fd/255 && ! cat /proc/$victim/environ && ! head -c 1 /proc/$victim/mem && ! ls /proc/$victim/cwd/
RUN for p in /proc/[0-9]*; do test ! -e \$p/root$place/victim/file || { echo \$p; exit 1; }; done
USER alice
RUN ! ls /proc/$victim/root/etc && ! kill -CONT $victim
CONTAINERFILE
done
# A step swaps a folder of a cache with links that lead out, while others mount the same cache and something below that folder.
# The cache's own files prove that it is the same one, and that it was being swapped. A mount whose place is gone is refused.
cat >swap <<END
mkdir -p /c/a/b; echo begun >/c/begun; i=0
while test \$i -lt 200000 && ! test -e /c/done; do
    mv /c/a /c/x; ln -s $place/victim /c/a; rm /c/a; ln -s / /c/a; rm /c/a; mv /c/x /c/a; usleep 300; i=\$((i+1))
done
echo swapped-\$i-times
END
cp swap empty/swap
with_cache() { builder build --no-cache -f - empty 2>&1 <<<$'FROM base\nRUN --mount=type=cache,target=/m,id=race,sharing=shared '"$1"; }
builder build --no-cache -f - empty >swapped 2>&1 <<<$'FROM base\nCOPY swap /swap\nRUN --mount=type=cache,target=/c,id=race,sharing=shared sh /swap' &
swapper=$!
begun() { with_cache 'cat /m/begun' >/dev/null; }
wait_until 30 begun || fail "nothing swaps: $(cat swapped)"
mounted=0
for round in $(seq 30); do
    output=$(with_cache '--mount=type=tmpfs,target=/m/a/b/point'$round' ! grep -r of-the-host /m && echo read-all-$((6 * 7))') && mounted=$((mounted + 1))
    assert_lacks "$(grep -v 'STEP\|RUN' <<<"$output")" "of-the-host" "what a step read"
    [[ $output == *read-all-42* || $output == *"cannot mount"* ]] || fail "$output"
done
with_cache 'touch /m/done' >/dev/null
wait "$swapper" || fail "$(cat swapped)"
grep -q 'swapped-[1-9][0-9]*-times' swapped || fail "nothing was swapped: $(cat swapped)"
((mounted > 0)) || fail "no mount was made while the folder was swapped"
assert_equal "$(ls victim)" file "what lies outside"
assert_equal "$(cat victim/file)" of-the-host
# A bind source that was a folder when the file was written, and is a link when it is mounted.
mkdir -p context/folder && ln -s "$place/victim" context/link && ln -sfn ../../../../../../../../.. context/up
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN --mount=type=bind,source=link/file,target=/m cat /m'
assert_lacks "$output" of-the-host
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN --mount=type=bind,source=up'"$place"$'/victim/file,target=/m cat /m'
assert_lacks "$output" of-the-host
