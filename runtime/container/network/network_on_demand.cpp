#include "runtime/container/network/network_on_demand.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstddef>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/filter_assembler.hpp"
#include "runtime/sys/packet.hpp"
#include "runtime/sys/seccomp_listener.hpp"

namespace runtime {
namespace {

// Programs of 32 bits on x86: socket(2) by itself, and as one of the calls of socketcall(2), whose arguments are in
// memory.
constexpr std::uint32_t small_architecture = AUDIT_ARCH_I386;
constexpr std::uint32_t small_socket = 359;
constexpr std::uint32_t small_socketcall = 102;
constexpr std::uint32_t socketcall_of_socket = 1;

/// The arguments of socket(2): asks for what a network is needed for.
void ask_for_networks(FilterAssembler& filter) {
    const auto asked = filter.label(), passes = filter.label();
    filter.load_argument(0);
    for (const unsigned family : {AF_INET, AF_INET6, AF_PACKET}) filter.jump_if_equal(family, asked);
    filter.jump_unless_equal(AF_NETLINK, passes);
    filter.load_argument(2);
    filter.jump_unless_equal(NETLINK_ROUTE, passes);
    filter.place(asked);
    filter.answer(SECCOMP_RET_USER_NOTIF);
    filter.place(passes);
}

std::vector<sock_filter> make_filter() {
    constexpr std::size_t machine = offsetof(seccomp_data, arch);
    constexpr std::size_t number = offsetof(seccomp_data, nr);
    FilterAssembler filter;
    filter.where(machine, own_machine, [&] { filter.where(number, SYS_socket, [&] { ask_for_networks(filter); }); });
    filter.where(machine, small_architecture, [&] {
        filter.where(number, small_socket, [&] { ask_for_networks(filter); });
        filter.where(number, small_socketcall, [&] {
            const auto passes = filter.label();
            filter.load_argument(0);
            filter.jump_unless_equal(socketcall_of_socket, passes);
            filter.answer(SECCOMP_RET_USER_NOTIF);
            filter.place(passes);
        });
    });
    filter.answer(SECCOMP_RET_ALLOW);
    return filter.take();
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

/// Where this ends early, what waits for the network is refused its sockets, and nothing waits at a thread that is
/// gone.
void NetworkOnDemand::serve() noexcept {
    try {
        answer_listeners();
    } catch (const std::exception& error) {
        const std::lock_guard lock(mutex_);
        tried_ = true;
        if (failure_.empty()) failure_ = error.what();
    }
    listeners_.second.reset();
}

void NetworkOnDemand::answer_listeners() {
    std::vector<Listener> watched;
    for (;;) {
        std::vector<pollfd> polled = {{listeners_.second.get(), POLLIN, 0}};
        for (const Listener& listener : watched) polled.push_back({listener.descriptor().get(), POLLIN, 0});
        if (::poll(polled.data(), polled.size(), -1) < 0) continue;
        for (std::size_t i = watched.size(); i-- > 0;) {
            const short events = polled[i + 1].revents;
            if ((events & POLLIN) != 0) {
                if (const auto question = watched[i].receive()) {
                    connect();
                    watched[i].let_pass(question->id);
                }
            } else if ((events & (POLLHUP | POLLERR)) != 0) {  // Nobody is left under the filter.
                watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
        if (polled[0].revents == 0) continue;
        auto packet = receive_packet(listeners_.second);
        if (!packet) return;
        for (Fd& listener : packet->descriptors) watched.emplace_back(std::move(listener));
    }
}

}  // namespace runtime
