#include "builder/cli/build_timeout.hpp"

#include <unistd.h>

#include "runtime/base/exit_code.hpp"

namespace builder {

BuildTimeout::BuildTimeout(runtime::StopSource& stop, std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return;
    thread_ = std::thread([this, &stop, end = std::chrono::steady_clock::now() + *timeout] {
        std::unique_lock lock(mutex_);
        if (ending_.wait_until(lock, end, [this] { return ends_; }) || stop.stop_requested()) return;
        is_over_.store(true);
        stop.request_stop();
        constexpr auto patience = std::chrono::seconds(10);
        if (ending_.wait_for(lock, patience, [this] { return ends_; })) return;
        ::_exit(static_cast<int>(runtime::ExitCode::timed_out));
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
