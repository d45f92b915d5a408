// --timeout: the end of a build that takes too long.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/sys/stop.hpp"

namespace builder {

/// Requests the stop when the time is over; does nothing where none is given. A build that does not end within ten
/// seconds of that, because nobody reads what it prints or gives what it reads, is ended as by a kill: nothing of it
/// goes on. To be made after SignalWatch, whose signals its thread must not take.
class BuildTimeout {
public:
    BuildTimeout(runtime::StopSource& stop, std::optional<std::chrono::nanoseconds> timeout);
    ~BuildTimeout();
    BuildTimeout(const BuildTimeout&) = delete;
    BuildTimeout& operator=(const BuildTimeout&) = delete;

    /// Whether it was this that stopped the build.
    bool is_over() const noexcept { return is_over_.load(); }

private:
    std::atomic<bool> is_over_{false};
    std::mutex mutex_;
    std::condition_variable ending_;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace builder
