#include "runtime/sys/socket_filter.hpp"

#include <linux/net.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>

#include "runtime/sys/filter_assembler.hpp"

namespace runtime {
namespace {

using Program = std::vector<sock_filter>;

[[maybe_unused]] constexpr std::uint32_t i386_socketcall = 102;

constexpr std::uint32_t fails_with(unsigned number) {
    return SECCOMP_RET_ERRNO | number;
}

Program families(CapabilitySet capabilities) {
    FilterAssembler assembler;
    assembler.load_argument(0);
    assembler.skip_if_equal(AF_UNIX, 8);
    assembler.skip_if_equal(AF_INET, 7);
    assembler.skip_if_equal(AF_INET6, 6);
    assembler.skip_if_equal(AF_PACKET, 5);
    assembler.skip_if_equal(AF_NETLINK, 1);
    assembler.answer(fails_with(EAFNOSUPPORT));
    assembler.load_argument(2);
    const bool may_audit = (capabilities & capability("audit_write")) != 0;
    // No protocol of netlink has this number.
    assembler.skip_unless_equal(may_audit ? MAX_LINKS : NETLINK_AUDIT, 1);
    assembler.answer(fails_with(EINVAL));
    return assembler.take();
}

Program local_only() {
    FilterAssembler assembler;
    assembler.load_argument(0);
    assembler.skip_if_equal(AF_UNIX, 1);
    assembler.answer(fails_with(EOPNOTSUPP));
    return assembler.take();
}

/// socketcall(2) of i386: the first argument says which call it is.
[[maybe_unused]] Program no_new_sockets() {
    FilterAssembler assembler;
    assembler.load_argument(0);
    assembler.skip_if_equal(SYS_SOCKET, 1);
    assembler.skip_unless_equal(SYS_SOCKETPAIR, 1);
    assembler.answer(fails_with(ENOSYS));
    return assembler.take();
}

}  // namespace

Program socket_filter(CapabilitySet capabilities) {
    constexpr std::size_t machine = offsetof(seccomp_data, arch);
    constexpr std::size_t number = offsetof(seccomp_data, nr);
    const Program any = families(capabilities);
    Program own;
    add_where(own, number, SYS_socket, any);
    add_where(own, number, SYS_socketpair, local_only());
    Program whole;
#if defined(__x86_64__)
    constexpr std::uint32_t x32_bit = 0x40000000;
    add_where(own, number, x32_bit | SYS_socket, any);
    add_where(own, number, x32_bit | SYS_socketpair, local_only());
    constexpr std::uint32_t i386_socket = 359, i386_socketpair = 360;
    Program other;
    add_where(other, number, i386_socket, any);
    add_where(other, number, i386_socketpair, local_only());
    add_where(other, number, i386_socketcall, no_new_sockets());
    add_where(whole, machine, AUDIT_ARCH_I386, other);
#endif
    add_where(whole, machine, own_machine, own);
    return whole;
}

std::vector<sock_filter> socketcall_filter() {
    Program whole;
#if defined(__x86_64__)
    Program other;
    add_where(other, offsetof(seccomp_data, nr), i386_socketcall, no_new_sockets());
    add_where(whole, offsetof(seccomp_data, arch), AUDIT_ARCH_I386, other);
    FilterAssembler end;
    end.answer(SECCOMP_RET_ALLOW);
    append(whole, end.take());
#endif
    return whole;
}

}  // namespace runtime
