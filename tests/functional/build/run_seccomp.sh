# Steps run under a seccomp filter; --security-opt takes it away or puts another in its place.
. "$(dirname "$0")/../library.sh"
make_base
mode() { builder build --no-cache "$@" -f - . <<<$'FROM base\nRUN grep ^Seccomp: /proc/self/status'; }
assert_contains "$(mode)" $'Seccomp:\t2'
assert_contains "$(mode --security-opt seccomp=unconfined)" $'Seccomp:\t0'
# The default profile refuses what would change the host; here a mount.
assert_different 0 "$(builder build -f - . >log 2>&1 <<<$'FROM base\nRUN mount -t tmpfs none /root'; echo $?)"
echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":95}]}' >profile
assert_fails_with 1 builder build --security-opt seccomp=profile -f - . <<<$'FROM base\nRUN mkdir /x'
assert_contains "$output" "not supported"
