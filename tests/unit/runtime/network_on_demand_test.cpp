// A network is connected when a program asks for a socket by which it could be seen, once, and never for others.
#include "runtime/container/network/network_on_demand.hpp"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "runtime/base/error.hpp"
#include "runtime/sys/packet.hpp"

namespace runtime {
namespace {

struct SocketKind {
    int family;
    int type;
    int protocol;
};

/// A child under the filter, which makes the sockets once it is told to. It exits with how many could not be made.
class Watched {
public:
    explicit Watched(const std::vector<SocketKind>& sockets) : pair_(make_packet_pair()), child_(::fork()) {
        if (child_ != 0) return;
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        const Fd listener = watch_for_sockets();
        send_packet(pair_.second, "L", {&listener});
        receive_packet(pair_.second);
        int failures = 0;
        for (const SocketKind& kind : sockets)
            if (!Fd(::socket(kind.family, kind.type, kind.protocol))) ++failures;
        ::_exit(failures);
    }
    Fd listener() { return std::move(receive_packet(pair_.first)->descriptors.at(0)); }
    int run() {
        send_packet(pair_.first, "go");
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    SocketPair pair_;
    pid_t child_;
};

const std::vector<SocketKind> sockets_of_networks = {
    {AF_INET, SOCK_STREAM, 0}, {AF_INET6, SOCK_DGRAM, 0}, {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}};

TEST(NetworkOnDemand, IsConnectedOnceForAllThatAskForIt) {
    Watched first(sockets_of_networks);
    Watched second(sockets_of_networks);
    std::atomic<int> times = 0;
    NetworkOnDemand network([&] { ++times; });
    network.watch(first.listener());
    network.watch(second.listener());
    EXPECT_TRUE(network.is_pending());
    EXPECT_EQ(times, 0);
    EXPECT_EQ(first.run(), 0);
    EXPECT_EQ(second.run(), 0);
    EXPECT_EQ(times, 1);
    EXPECT_FALSE(network.is_pending());
    EXPECT_EQ(network.failure(), "");
}

TEST(NetworkOnDemand, IsNotConnectedForOtherSockets) {
    Watched child({{AF_UNIX, SOCK_STREAM, 0}, {AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT}});
    std::atomic<int> times = 0;
    NetworkOnDemand network([&] { ++times; });
    network.watch(child.listener());
    EXPECT_EQ(child.run(), 0);
    EXPECT_EQ(times, 0);
    EXPECT_TRUE(network.is_pending());
}

TEST(NetworkOnDemand, LetsProgramsGoOnWhereItCannotBeConnected) {
    Watched child(sockets_of_networks);
    NetworkOnDemand network([] { throw Error("no way out"); });
    network.watch(child.listener());
    EXPECT_EQ(child.run(), 0);
    EXPECT_EQ(network.failure(), "no way out");
    EXPECT_FALSE(network.is_pending());
}

TEST(NetworkOnDemand, IsConnectedByTheCallerToo) {
    int times = 0;
    NetworkOnDemand network([&] { ++times; });
    network.connect();
    network.connect();
    EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace runtime
