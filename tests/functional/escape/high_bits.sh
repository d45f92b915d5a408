# Calls whose arguments are 32 bits for the kernel are refused whatever the upper 32 say (CVE-2017-5226, CVE-2026-123876).
. "$(dirname "$0")/../library.sh"
needs g++
make_base
g++ -static -O0 -w -x c++ -o high - <<'PROGRAM'
#include <cstdio>
#include <initializer_list>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
static void tell(const char* what, long result) { std::printf("%s: %s\n", what, result < 0 ? "refused" : "WORKED"); }
int main() {
    for (const unsigned long high : {0UL, 1UL << 32, 0xffffffffUL << 32}) {
        tell("ioctl TIOCSTI", syscall(SYS_ioctl, 0, high | 0x5412, "x"));
        tell("unshare NEWUSER", syscall(SYS_unshare, high | 0x10000000));
        tell("unshare NEWNS", syscall(SYS_unshare, high | 0x20000));
        const long child = syscall(SYS_clone, high | 0x10000000 | 17, 0, 0, 0, 0);
        if (child == 0) _exit(0);
        tell("clone NEWUSER", child);
        tell("personality ADDR_NO_RANDOMIZE", syscall(SYS_personality, high | 0x40000));
        for (const int family : {38, 40, 21}) tell("socket", syscall(SYS_socket, high | family, 5, 0));
        tell("socket of netlink audit", syscall(SYS_socket, high | 16, 3, high | 9));
    }
    std::printf("socket of UNIX: %s\n", syscall(SYS_socket, (1UL << 32) | 1, 1, 0) < 0 ? "refused" : "fine");
}
PROGRAM
container=$(builder from base)
builder copy -q "$container" high /high >/dev/null
in_a_terminal() { "$python" -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' "$program" --root "$place/store" --runroot "$place/run" "$@"; }
for isolation in oci chroot; do
    output=$(in_a_terminal run --isolation $isolation "$container" sh -c 'test -t 0 && /high' </dev/null) || fail "$isolation: $output"
    assert_equal "$(grep -c refused <<<"$output")" 27 "$isolation: $output"
    assert_lacks "$output" WORKED "$isolation"
    assert_contains "$output" "socket of UNIX: fine" "$isolation"
done
builder rm "$container" >/dev/null
