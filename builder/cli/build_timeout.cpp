#include "builder/cli/build_timeout.hpp"

namespace builder {

BuildTimeout::BuildTimeout(runtime::StopSource& stop, std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return;
    thread_ = std::thread([this, &stop, end = std::chrono::steady_clock::now() + *timeout] {
        std::unique_lock lock(mutex_);
        if (ending_.wait_until(lock, end, [this] { return ends_; }) || stop.stop_requested()) return;
        is_over_.store(true);
        stop.request_stop();
    });
}

BuildTimeout::~BuildTimeout() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    ending_.notify_all();
    thread_.join();
}

}  // namespace builder
