// Ctrl-C and its relatives: one thread that takes them and asks the work to stop.
#pragma once

#include <csignal>
#include <thread>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// What the program exits with when it was interrupted: 128 and the number of the signal, as shells have it.
int interrupted_exit_code() noexcept;

/// From now on SIGINT, SIGTERM and SIGHUP request a stop; the second one ends the program at once. To be made before
/// other threads, which inherit that these signals are blocked. A closed output is an error of the write, no signal.
class SignalWatch {
public:
    explicit SignalWatch(runtime::StopSource& stop);
    ~SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

private:
    void watch(runtime::StopSource& stop);
    runtime::Fd signals_;
    runtime::StopSource ends_;
    std::thread thread_;
};

}  // namespace builder
