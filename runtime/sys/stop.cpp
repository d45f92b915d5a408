#include "runtime/sys/stop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "runtime/base/error.hpp"
#include "runtime/base/exit_code.hpp"

namespace runtime {

StopSource::StopSource() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw SystemError("cannot make an event descriptor");
}

void StopSource::request_stop() noexcept {
    stopped_.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
}

void StopSource::throw_if_stopped() const {
    if (!stop_requested()) return;
    Error error("interrupted");
    error.with_exit_code(static_cast<int>(ExitCode::interrupted));
    throw error;
}

}  // namespace runtime
