// A network that is connected when the first program in it wants to use it. Most steps never do, and connecting costs
// more than they do.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Puts a filter on this process and all that it starts: who makes a socket by which interfaces, addresses or other
/// machines can be seen (AF_INET, AF_INET6, AF_PACKET, NETLINK_ROUTE) waits until the holder of the descriptor that is
/// returned lets it go on. Needs no_new_privs or CAP_SYS_ADMIN; a process can have one such filter only. Throws
/// SystemError.
Fd watch_for_sockets();

/// Thread-safe.
class NetworkOnDemand {
public:
    /// `connect` is called once at most, by any thread.
    explicit NetworkOnDemand(std::function<void()> connect);
    ~NetworkOnDemand();
    NetworkOnDemand(const NetworkOnDemand&) = delete;
    NetworkOnDemand& operator=(const NetworkOnDemand&) = delete;

    /// Whether a container that is started now is to be watched: nobody has tried to connect yet.
    bool is_pending() const;
    /// Takes what watch_for_sockets() gave to a container. Its programs go on when the network is connected, or cannot
    /// be.
    void watch(Fd listener);
    /// Connects it now, unless that has been tried.
    void connect() noexcept;
    /// Why it could not be connected; empty where it is, or nobody has tried.
    std::string failure() const;

private:
    void serve() noexcept;
    void answer_listeners();

    std::function<void()> connect_;
    mutable std::mutex mutex_;
    std::string failure_;
    bool tried_ = false;
    SocketPair listeners_;  ///< what is watched goes in at the first end; the thread waits at the second
    std::thread thread_;
};

}  // namespace runtime
