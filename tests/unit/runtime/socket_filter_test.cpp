// Which sockets the default profile lets a step have, run as the kernel runs it.
#include "runtime/sys/socket_filter.hpp"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>

#include "tests/unit/runtime/filter_machine.hpp"

namespace runtime {
namespace {

constexpr std::uint64_t high_bit = std::uint64_t{1} << 32;

std::uint32_t answer(long number, std::uint64_t family, std::uint64_t protocol = 0,
                     std::uint32_t machine = AUDIT_ARCH_X86_64, CapabilitySet capabilities = 0) {
    seccomp_data data{};
    data.nr = static_cast<int>(number);
    data.arch = machine;
    data.args[0] = family;
    data.args[2] = protocol;
    return run_filter(socket_filter(capabilities), data);
}

constexpr std::uint32_t fails_with(unsigned number) {
    return SECCOMP_RET_ERRNO | number;
}
constexpr long x32 = 0x40000000;

TEST(SocketFilter, LetsThroughWhatNetworksNeed) {
    for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_PACKET, AF_NETLINK})
        for (const long call : {long{SYS_socket}, x32 | SYS_socket})
            EXPECT_EQ(answer(call, static_cast<unsigned>(family)), goes_on) << family;
    EXPECT_EQ(answer(359, AF_INET, 0, AUDIT_ARCH_I386), goes_on);
    EXPECT_EQ(answer(SYS_socketpair, AF_UNIX), goes_on);
    EXPECT_EQ(answer(SYS_read, AF_ALG), goes_on);
    EXPECT_EQ(answer(SYS_socket, AF_ALG, 0, AUDIT_ARCH_AARCH64), goes_on) << "the numbers of another machine";
}

TEST(SocketFilter, RefusesAllOtherFamilies) {
    for (const int family : {AF_ALG, AF_VSOCK, AF_BLUETOOTH, AF_CAN, AF_TIPC, AF_RDS, AF_KEY, AF_XDP, 0, 63})
        for (const std::uint64_t bits : {std::uint64_t{0}, high_bit, std::uint64_t{0xffffffff} << 32})
            for (const long call : {long{SYS_socket}, x32 | SYS_socket})
                EXPECT_EQ(answer(call, bits | static_cast<unsigned>(family)), fails_with(EAFNOSUPPORT)) << family;
    EXPECT_EQ(answer(359, AF_ALG, 0, AUDIT_ARCH_I386), fails_with(EAFNOSUPPORT));
    EXPECT_EQ(answer(SYS_socketpair, AF_ALG), fails_with(EOPNOTSUPP));
    EXPECT_EQ(answer(360, AF_TIPC, 0, AUDIT_ARCH_I386), fails_with(EOPNOTSUPP));
    for (const int call : {SYS_SOCKET, SYS_SOCKETPAIR})
        EXPECT_EQ(answer(102, static_cast<unsigned>(call), 0, AUDIT_ARCH_I386), fails_with(ENOSYS));
    EXPECT_EQ(answer(102, SYS_CONNECT, 0, AUDIT_ARCH_I386), goes_on);
}

TEST(SocketFilter, AuditingNeedsItsCapability) {
    for (const std::uint64_t bits : {std::uint64_t{0}, high_bit}) {
        EXPECT_EQ(answer(SYS_socket, AF_NETLINK, bits | NETLINK_AUDIT), fails_with(EINVAL));
        EXPECT_EQ(answer(SYS_socket, bits | AF_NETLINK, NETLINK_AUDIT), fails_with(EINVAL));
    }
    EXPECT_EQ(answer(359, AF_NETLINK, NETLINK_AUDIT, AUDIT_ARCH_I386), fails_with(EINVAL));
    EXPECT_EQ(answer(SYS_socket, AF_INET, NETLINK_AUDIT), goes_on) << "that is a protocol of IPv4";
    EXPECT_EQ(answer(SYS_socket, AF_NETLINK, NETLINK_AUDIT, AUDIT_ARCH_X86_64, capability("audit_write")), goes_on);
}

}  // namespace
}  // namespace runtime
