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
# One stage swaps a folder of the cache with links that lead out, others mount what is below it.
race=$'FROM base AS evil\nRUN --mount=type=cache,target=/c,id=race,sharing=shared mkdir -p /c/a/b; i=0; while [ $i -lt 300 ]; do mv /c/a /c/x; ln -s '"$place"$'/victim /c/a; ln -s / /c/x/b/top 2>/dev/null; rm /c/a; mv /c/x /c/a; i=$((i+1)); done\n'
for number in 1 2 3; do
    race+=$'FROM base AS stage'$number$'\nRUN --mount=type=cache,target=/m,id=race,source=a,sharing=shared ! grep -r of-the-host /m && touch /m/was-here-'$number$'\n'
done
race+=$'FROM base\nCOPY --from=evil /etc/passwd /1\nCOPY --from=stage1 /etc/passwd /2\nCOPY --from=stage2 /etc/passwd /3\nCOPY --from=stage3 /etc/passwd /4'
for round in 1 2; do
    output=$(builder build --no-cache -f - empty 2>&1 <<<"$race") || true
    assert_lacks "$output" "victim/file" "what a step read"
done
assert_equal "$(ls victim)" file "what lies outside"
assert_equal "$(cat victim/file)" of-the-host
# A bind source that was a folder when the file was written, and is a link when it is mounted.
mkdir -p context/folder && ln -s "$place/victim" context/link && ln -sfn ../../../../../../../../.. context/up
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN --mount=type=bind,source=link/file,target=/m cat /m'
assert_lacks "$output" of-the-host
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN --mount=type=bind,source=up'"$place"$'/victim/file,target=/m cat /m'
assert_lacks "$output" of-the-host
