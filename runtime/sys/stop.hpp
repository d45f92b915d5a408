// Ending early: one source that says so, many waits that listen.
#pragma once

#include <atomic>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Thread-safe. The descriptor becomes readable, and stays so, once stop was asked for.
class StopSource {
public:
    StopSource();
    void request_stop() noexcept;
    bool stop_requested() const noexcept { return stopped_.load(std::memory_order_acquire); }
    const Fd& descriptor() const noexcept { return event_; }
    /// Throws Error with the exit code of an interrupted program where stop was asked for.
    void throw_if_stopped() const;

private:
    Fd event_;
    std::atomic<bool> stopped_{false};
};

}  // namespace runtime
