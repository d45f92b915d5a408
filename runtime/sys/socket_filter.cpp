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

[[maybe_unused]] constexpr std::uint32_t i386_socketcall = 102;

constexpr std::uint32_t fails_with(unsigned number) {
    return SECCOMP_RET_ERRNO | number;
}

void filter_families(FilterAssembler& filter, CapabilitySet capabilities) {
    const auto is_netlink = filter.label(), passes = filter.label();
    filter.load_argument(0);
    for (const unsigned family : {AF_UNIX, AF_INET, AF_INET6, AF_PACKET}) filter.jump_if_equal(family, passes);
    filter.jump_if_equal(AF_NETLINK, is_netlink);
    filter.answer(fails_with(EAFNOSUPPORT));
    filter.place(is_netlink);
    filter.load_argument(2);
    const bool may_audit = (capabilities & capability("audit_write")) != 0;
    // No protocol of netlink has this number.
    filter.jump_unless_equal(may_audit ? MAX_LINKS : NETLINK_AUDIT, passes);
    filter.answer(fails_with(EINVAL));
    filter.place(passes);
}

void allow_local_only(FilterAssembler& filter) {
    const auto passes = filter.label();
    filter.load_argument(0);
    filter.jump_if_equal(AF_UNIX, passes);
    filter.answer(fails_with(EOPNOTSUPP));
    filter.place(passes);
}

/// socketcall(2) of i386: the first argument says which call it is.
[[maybe_unused]] void refuse_new_sockets(FilterAssembler& filter) {
    const auto refused = filter.label(), passes = filter.label();
    filter.load_argument(0);
    filter.jump_if_equal(SYS_SOCKET, refused);
    filter.jump_unless_equal(SYS_SOCKETPAIR, passes);
    filter.place(refused);
    filter.answer(fails_with(ENOSYS));
    filter.place(passes);
}

constexpr std::size_t machine = offsetof(seccomp_data, arch);
constexpr std::size_t number = offsetof(seccomp_data, nr);

/// socket(2) and socketpair(2), by their numbers in one way to call the kernel.
void filter_calls(FilterAssembler& filter, std::uint32_t socket, std::uint32_t pair, CapabilitySet capabilities) {
    filter.where(number, socket, [&] { filter_families(filter, capabilities); });
    filter.where(number, pair, [&] { allow_local_only(filter); });
}

}  // namespace

std::vector<sock_filter> socket_filter(CapabilitySet capabilities) {
    FilterAssembler filter;
#if defined(__x86_64__)
    filter.where(machine, AUDIT_ARCH_I386, [&] {
        constexpr std::uint32_t i386_socket = 359, i386_socketpair = 360;
        filter_calls(filter, i386_socket, i386_socketpair, capabilities);
        filter.where(number, i386_socketcall, [&] { refuse_new_sockets(filter); });
    });
#endif
    filter.where(machine, own_machine, [&] {
        filter_calls(filter, SYS_socket, SYS_socketpair, capabilities);
#if defined(__x86_64__)
        constexpr std::uint32_t x32_bit = 0x40000000;
        filter_calls(filter, x32_bit | SYS_socket, x32_bit | SYS_socketpair, capabilities);
#endif
    });
    return filter.take();
}

std::vector<sock_filter> socketcall_filter() {
    FilterAssembler filter;
#if defined(__x86_64__)
    filter.where(machine, AUDIT_ARCH_I386,
                 [&] { filter.where(number, i386_socketcall, [&] { refuse_new_sockets(filter); }); });
    filter.answer(SECCOMP_RET_ALLOW);
#endif
    return filter.take();
}

}  // namespace runtime
