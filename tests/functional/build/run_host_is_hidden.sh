# Paths that would show or change the host are hidden or read-only in a step.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN for p in /proc/kcore /proc/keys /proc/timer_list; do test ! -s $p || head -c 1 $p | wc -c; done >/tmp/hidden
RUN ls /sys/firmware | wc -l >/tmp/firmware
RUN for p in /proc/sys/kernel/domainname /proc/sysrq-trigger; do echo x 2>/dev/null >$p && echo wrote $p; done; true >/tmp/wrote
RUN grep -E ' (/sys|/proc/sys|/proc/bus) ' /proc/mounts | grep -v ' ro,' | wc -l >/tmp/writable
RUN mkdir /sys/x 2>/dev/null && exit 1; true
X
assert_lacks "$(file it /tmp/hidden)" 1
assert_equal "$(file it /tmp/firmware)" 0
assert_equal "$(file it /tmp/writable)" 0
