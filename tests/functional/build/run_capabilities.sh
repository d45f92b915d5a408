# A step has the default capabilities; --cap-add and --cap-drop change them; a user has none.
. "$(dirname "$0")/../library.sh"
make_base
status() { printf 'FROM base\n%s\nRUN cat /proc/self/status >/tmp/status\n' "$1"; }
capabilities() { file it /tmp/status | grep "^Cap$1" | cut -f2; }
# chown dac_override fowner fsetid kill net_bind_service setfcap setgid setpcap setuid sys_chroot
status '' | build_empty
assert_equal "$(capabilities Eff)" 00000000800405fb
assert_equal "$(capabilities Bnd)" 00000000800405fb
assert_equal "$(capabilities Inh)" 0000000000000000
assert_equal "$(capabilities Amb)" 0000000000000000
status '' | build_empty --no-cache --cap-add sys_ptrace --cap-drop CAP_CHOWN
assert_equal "$(capabilities Eff)" 00000000800c05fa
status 'USER alice' | build_empty
assert_equal "$(capabilities Eff)" 0000000000000000
