# --security-opt: masked and unmasked paths, labels and profiles of modules that this kernel may not have.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
try() { builder build -q --no-cache "$@" -f - empty >/dev/null; }
try --security-opt mask=/etc/passwd:/root <<<$'FROM base\nRUN touch /root/x 2>/dev/null && exit 1; ! test -s /etc/passwd'
try --security-opt unmask=/proc/timer_list:/sys/firm* <<<$'FROM base\nRUN ! grep -q " /proc/timer_list " /proc/mounts && ! grep -q " /sys/firmware " /proc/mounts && grep -q " /proc/keys " /proc/mounts'
try --security-opt unmask=ALL <<<$'FROM base\nRUN ! grep -q " /proc/[a-z]" /proc/mounts'
try --security-opt unmask=/proc/sys --security-opt label=disable --security-opt apparmor=unconfined --security-opt no-new-privileges=false <<<$'FROM base\nRUN ! grep -q " /proc/sys " /proc/mounts && grep -q "NoNewPrivs:.0" /proc/self/status'
refused() {
    assert_fails_with 125 builder build "$@" -f - empty <<<$'FROM base\nRUN true'
    assert_contains "$output" "$wanted"
}
wanted="no absolute path" refused --security-opt mask=relative
wanted='invalid --security-opt 2: "nonsense=1"' refused --security-opt nonsense=1
wanted="is not known" refused --security-opt label=thing:x
[[ -e /sys/fs/selinux/enforce ]] || wanted="has no SELinux" refused --security-opt label=type:container_t
[[ -e /sys/module/apparmor ]] || wanted="has no AppArmor" refused --security-opt apparmor=docker-default
# What a container has is shown.
container=$(builder from --security-opt no-new-privileges --security-opt mask=/etc --cap-add net_raw base)
assert_equal "$(builder inspect "$container" | jq -c '[.Security.NoNewPrivileges, .Security.Seccomp, (.Security.MaskedPaths | index("/etc") != null)]')" '[true,"default",true]'
assert_equal "$(builder inspect --format '{{.Security.ApparmorProfile}}|{{.ProcessLabel}}' "$container")" "|"
builder rm "$container" >/dev/null
