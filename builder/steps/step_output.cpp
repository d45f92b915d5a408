#include "builder/steps/step_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <span>
#include <utility>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Fd;

constexpr std::size_t kept_output_bytes = 4096;

}  // namespace

OutputRelay::OutputRelay(Fd output, Fd errors, const StepLabel& label, BuildObserver& observer,
                         const layers::SecretPatterns* secrets)
    : output_{std::move(output), std::nullopt},
      errors_{std::move(errors), std::nullopt},
      label_(label),
      observer_(observer) {
    if (secrets == nullptr) return;
    output_.redactor.emplace(*secrets);
    errors_.redactor.emplace(*secrets);
}

void OutputRelay::relay(Stream& stream) {
    std::array<std::byte, 32 * 1024> buffer;
    const ssize_t count = ::read(stream.pipe.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) {
        if (stream.redactor) pass_on(stream, stream.redactor->finish());
        stream.pipe = Fd();
        return;
    }
    const std::string_view text(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(count));
    if (stream.redactor)
        pass_on(stream, stream.redactor->redact(text));
    else
        pass_on(stream, text);
}

std::string OutputRelay::last() const {
    if (kept_.size() <= kept_output_bytes) return kept_;
    std::size_t begin = kept_.size() - kept_output_bytes;
    while (begin < kept_.size() && (static_cast<unsigned char>(kept_[begin]) & 0xc0) == 0x80) ++begin;
    return kept_.substr(begin);
}

void OutputRelay::pass_on(const Stream& stream, std::string_view text) {
    if (text.empty()) return;
    if (&stream == &errors_)
        observer_.step_errors(label_, std::as_bytes(std::span(text)));
    else
        observer_.step_output(label_, std::as_bytes(std::span(text)));
    kept_ += text;
    if (kept_.size() > 4 * kept_output_bytes) kept_.erase(0, kept_.size() - kept_output_bytes);
}

namespace {

using Clock = std::chrono::steady_clock;

/// For poll(): until then, rounded up; -1 for ever.
int milliseconds_until(Clock::time_point end) {
    if (end == Clock::time_point::max()) return -1;
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), longest).count());
}

}  // namespace

WaitResult wait_for(runtime::RunningContainer& container, OutputRelay& output, const runtime::StopSource& stop,
                    std::optional<std::chrono::nanoseconds> timeout) {
    std::optional<runtime::ContainerResult> result;
    Clock::time_point end = timeout ? Clock::now() + *timeout : Clock::time_point::max();
    bool killed = false;
    bool timed_out = false;
    while (!result || output.is_open()) {
        std::array<pollfd, 4> polled = {
            pollfd{output.output(), POLLIN, 0}, pollfd{result ? -1 : container.status().get(), POLLIN, 0},
            pollfd{killed ? -1 : stop.descriptor().get(), POLLIN, 0}, pollfd{output.errors(), POLLIN, 0}};
        if (::poll(polled.data(), polled.size(), result ? -1 : milliseconds_until(end)) < 0 && errno != EINTR)
            throw runtime::SystemError("cannot wait for a container");
        if (polled[2].revents != 0) {
            killed = true;
            if (!result) container.kill(SIGKILL);
        }
        if (!result && Clock::now() >= end) {
            end = Clock::time_point::max();
            timed_out = true;
            container.kill(SIGKILL);
        }
        if (polled[0].revents != 0) output.relay_output();
        if (polled[3].revents != 0) output.relay_errors();
        if (polled[1].revents != 0) result = container.receive();
    }
    return {*std::move(result), timed_out};
}

}  // namespace builder
