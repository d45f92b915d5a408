# /proc and /sys show no other process and change nothing of the host: core_pattern, release_agent (CVE-2022-0492),
# sysrq, kcore, /proc/*/root (CVE-2018-15664), masked paths (CVE-2023-28642), the cgroup tree.
. "$(dirname "$0")/../library.sh"
make_base
before=$(cat /proc/sys/kernel/core_pattern)
hostname=$(hostname)
build_empty --no-cache <<'CONTAINERFILE'
FROM base
RUN ! echo '|/evil' >/proc/sys/kernel/core_pattern && ! echo h >/proc/sysrq-trigger && ! echo 1 >/proc/sys/vm/drop_caches
RUN test -z "$(head -c 1 /proc/kcore 2>/dev/null)" && test -z "$(cat /proc/keys /proc/timer_list 2>/dev/null)"
RUN test "$(ls -d /proc/[0-9]* | wc -l)" -lt 5 && test "$(ls /proc/1/root/)" = "$(ls /)"
RUN for file in /proc/[0-9]*/root; do test ! -e $file/proc/1/root/root/../../../../etc/hostname || test "$(ls $file/)" = "$(ls /)" || exit 1; done
RUN ! mkdir /sys/fs/cgroup/evil && ! touch /sys/evil && ! echo 1 >/sys/kernel/uevent_helper && test -z "$(ls /sys/firmware)"
RUN find /sys/fs/cgroup -name release_agent -exec sh -c '! echo /evil >{}' ';'
RUN mkdir -p /evil/proc && ln -s /evil/proc /looks && ! ln -sfn /evil/proc /proc
RUN test ! -e /proc/1/environ || ! tr '\0' '\n' </proc/1/environ | grep -q BUILDER
CONTAINERFILE
assert_equal "$(cat /proc/sys/kernel/core_pattern)" "$before"
assert_equal "$(hostname)" "$hostname"
# A /proc that the image made a link of is refused, not followed (CVE-2019-19921, CVE-2023-27561).
mkdir linked
"$python" - <<'PROGRAM'
import tarfile
with tarfile.open('linked/evil.tar', 'w') as archive:
    entry = tarfile.TarInfo('proc')
    entry.type, entry.linkname = tarfile.SYMTYPE, '/root'
    archive.addfile(entry)
PROGRAM
assert_fails_with 125 builder build -f - linked <<<$'FROM scratch\nADD evil.tar /\nCOPY --from=base /bin /bin\nRUN ["/bin/busybox", "true"]'
assert_contains "$output" "mount /proc"
# Nothing of the image's making takes the place of what builder trusts in /proc (CVE-2019-16884) ...
for target in /proc /proc/self/attr /proc/sys /usr/../proc/keys; do
    assert_fails_with 125 builder build -f - . <<<$'FROM base\nRUN --mount=type=tmpfs,target='"$target true"
    assert_contains "$output" "nothing can be mounted in /proc"
done
# ... nor of the null device, with which paths are masked (CVE-2025-31133): by the Containerfile not at all, and where the
# command line has another /dev mounted, it is builder's own that masks.
devices=$'FROM base AS evil\nRUN mkdir /devices && ln -s /proc/sys/kernel/core_pattern /devices/null\nFROM base\n'
assert_fails_with 125 builder build -f - empty <<<"$devices"$'RUN --mount=type=bind,from=evil,source=/devices,target=/dev true'
assert_contains "$output" "cannot take the place of /dev"
mkdir devices && ln -s /proc/sys/kernel/core_pattern devices/null
container=$(builder from base)
output=$(builder run -v "$place/devices:/dev" "$container" -- sh -c 'readlink /dev/null; test -z "$(cat /proc/keys /proc/timer_list)" && echo masked; echo "|/evil" >/proc/keys; cat /proc/keys; true' 2>&1)
assert_contains "$output" "/proc/sys/kernel/core_pattern"
assert_contains "$output" "masked"
assert_lacks "$output" "evil" "what is written to a masked path"
assert_equal "$(cat /proc/sys/kernel/core_pattern)" "$before"
# A mount in the place of the root would hide all that was prepared.
assert_fails_with 125 builder build -f - . <<<$'FROM base\nRUN --mount=type=bind,from=base,target=/bin/.. true'
assert_contains "$output" "cannot take the place of the root"
# What tells of other programs' keys, of the machine's power and heat, and of its devices is empty, each path that this machine
# has (CVE-2017-16539, CVE-2018-10892, GHSA-7ww5-4wqc-m92c, GHSA-6fw5-f8r9-fgfm).
amount='if [ -d "$1" ]; then ls -A "$1"; else head -c 1 "$1"; fi 2>/dev/null | wc -c'
masked=()
for path in /proc/{acpi,interrupts,kcore,keys,latency_stats,sched_debug,scsi,timer_list} /sys/firmware /sys/devices/virtual/powercap \
    /sys/devices/system/cpu/cpu*/thermal_throttle; do
    (($(sh -c "$amount" sh "$path") == 0)) || masked+=("$path")
done
((${#masked[@]} > 2)) || fail "there is hardly anything to hide here: ${masked[*]}"
mkdir amounts && echo "$amount" >amounts/amount
for isolation in oci chroot; do
    build --no-cache --isolation $isolation amounts <<CONTAINERFILE
FROM base
COPY amount /amount
RUN for path in ${masked[*]}; do test "\$(sh /amount \$path)" = 0 || { echo \$path; exit 1; }; done
RUN test "\$(sh /amount /proc/version)" = 1
CONTAINERFILE
done
