#include "runtime/container/network_on_demand.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cstddef>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/packet.hpp"
#include "runtime/sys/seccomp_listener.hpp"

namespace runtime {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t own_architecture = AUDIT_ARCH_RISCV64;
#elif defined(__s390x__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_S390X;
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_PPC64LE;
#else
#error "the architecture has no name for filters of system calls here"
#endif

// Programs of 32 bits on x86: socket(2) by itself, and as one of the calls of socketcall(2), whose arguments are in
// memory.
constexpr std::uint32_t small_architecture = AUDIT_ARCH_I386;
constexpr std::uint32_t small_socket = 359;
constexpr std::uint32_t small_socketcall = 102;
constexpr std::uint32_t socketcall_of_socket = 1;

/// A filter is written from its end, as it can only jump forwards.
class FilterWriter {
public:
    using Place = std::size_t;  ///< counted from the end
    Place returns(std::uint32_t action) { return put(BPF_STMT(BPF_RET | BPF_K, action)); }
    Place loads(std::uint32_t offset) { return put(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
    Place compares(std::uint32_t value, Place equal, Place different) {
        return put(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, distance(equal), distance(different)));
    }
    std::vector<sock_filter> program() const { return {reversed_.rbegin(), reversed_.rend()}; }

private:
    Place put(sock_filter instruction) {
        reversed_.push_back(instruction);
        return reversed_.size();
    }
    std::uint8_t distance(Place place) const { return static_cast<std::uint8_t>(reversed_.size() - place); }

    std::vector<sock_filter> reversed_;
};

/// The lower half of an argument; the kernel takes no more of these.
std::uint32_t argument(std::size_t index) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    constexpr std::size_t lower_half = 0;
#else
    constexpr std::size_t lower_half = 4;
#endif
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * index + lower_half);
}

std::vector<sock_filter> make_filter() {
    FilterWriter filter;
    const auto allow = filter.returns(SECCOMP_RET_ALLOW);
    const auto notify = filter.returns(SECCOMP_RET_USER_NOTIF);
    filter.compares(NETLINK_ROUTE, notify, allow);
    const auto protocol = filter.loads(argument(2));
    auto family = filter.compares(AF_NETLINK, protocol, allow);
    for (const int number : {AF_INET, AF_INET6, AF_PACKET})
        family = filter.compares(static_cast<std::uint32_t>(number), notify, family);
    family = filter.loads(argument(0));
    filter.compares(socketcall_of_socket, notify, allow);
    auto small = filter.loads(argument(0));
    small = filter.compares(small_socketcall, small, allow);
    small = filter.compares(small_socket, family, small);
    small = filter.loads(offsetof(seccomp_data, nr));
    filter.compares(SYS_socket, family, allow);
    const auto own = filter.loads(offsetof(seccomp_data, nr));
    const auto other = filter.compares(small_architecture, small, allow);
    filter.compares(own_architecture, own, other);
    filter.loads(offsetof(seccomp_data, arch));
    return filter.program();
}

}  // namespace

Fd watch_for_sockets() {
    return install_listener(make_filter());
}

NetworkOnDemand::NetworkOnDemand(std::function<void()> connect)
    : connect_(std::move(connect)), listeners_(make_packet_pair()), thread_([this] { serve(); }) {}

NetworkOnDemand::~NetworkOnDemand() {
    listeners_.first.reset();
    thread_.join();
}

bool NetworkOnDemand::is_pending() const {
    const std::lock_guard lock(mutex_);
    return !tried_;
}

std::string NetworkOnDemand::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

void NetworkOnDemand::watch(Fd listener) {
    send_packet(listeners_.first, "W", {&listener});
}

void NetworkOnDemand::connect() noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(tried_, true)) return;
    try {
        log_debug("the network of the steps is connected");
        connect_();
    } catch (const Error& error) {
        failure_ = error.full_message();
    } catch (const std::exception& error) {
        failure_ = error.what();
    }
}

void NetworkOnDemand::serve() noexcept {
    std::vector<Fd> watched;
    for (;;) {
        std::vector<pollfd> polled = {{listeners_.second.get(), POLLIN, 0}};
        for (const Fd& listener : watched) polled.push_back({listener.get(), POLLIN, 0});
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;
        for (std::size_t i = watched.size(); i-- > 0;) {
            const short events = polled[i + 1].revents;
            seccomp_notif call{};
            if ((events & POLLIN) != 0 && receive_call(watched[i], call)) {
                connect();
                let_call_go_on(watched[i], call.id);
            } else if ((events & (POLLHUP | POLLERR)) != 0) {  // Nobody is left under the filter.
                watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
        if (polled[0].revents == 0) continue;
        auto packet = receive_packet(listeners_.second);
        if (!packet) return;
        for (Fd& listener : packet->descriptors) watched.push_back(std::move(listener));
    }
}

}  // namespace runtime
