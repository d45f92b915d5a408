#include "builder/build/step_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <span>
#include <utility>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Fd;

constexpr std::size_t kept_output_bytes = 4096;

}  // namespace

OutputRelay::OutputRelay(Fd pipe, const StepLabel& label, BuildObserver& observer,
                         const layers::SecretPatterns* secrets)
    : pipe_(std::move(pipe)), label_(label), observer_(observer) {
    if (secrets != nullptr) redactor_.emplace(*secrets);
}

bool OutputRelay::relay() {
    std::array<std::byte, 32 * 1024> buffer;
    const ssize_t count = ::read(pipe_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) {
        if (redactor_) pass_on(redactor_->finish());
        return false;
    }
    const std::string_view text(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(count));
    if (redactor_)
        pass_on(redactor_->redact(text));
    else
        pass_on(text);
    return true;
}

std::string OutputRelay::last() const {
    if (kept_.size() <= kept_output_bytes) return kept_;
    std::size_t begin = kept_.size() - kept_output_bytes;
    while (begin < kept_.size() && (static_cast<unsigned char>(kept_[begin]) & 0xc0) == 0x80) ++begin;
    return kept_.substr(begin);
}

void OutputRelay::pass_on(std::string_view text) {
    if (text.empty()) return;
    observer_.step_output(label_, std::as_bytes(std::span(text)));
    kept_ += text;
    if (kept_.size() > 4 * kept_output_bytes) kept_.erase(0, kept_.size() - kept_output_bytes);
}

runtime::ContainerResult wait_for(runtime::RunningContainer& container, OutputRelay& output,
                                  const runtime::StopSource& stop) {
    std::optional<runtime::ContainerResult> result;
    bool output_open = true;
    bool killed = false;
    while (!result || output_open) {
        std::array<pollfd, 3> polled = {pollfd{output_open ? output.pipe().get() : -1, POLLIN, 0},
                                        pollfd{result ? -1 : container.status().get(), POLLIN, 0},
                                        pollfd{killed ? -1 : stop.descriptor().get(), POLLIN, 0}};
        if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
            throw runtime::SystemError("cannot wait for a container");
        if (polled[2].revents != 0) {
            killed = true;
            if (!result) container.kill(SIGKILL);
        }
        if (polled[0].revents != 0) output_open = output.relay();
        if (polled[1].revents != 0) result = container.receive();
    }
    return *std::move(result);
}

}  // namespace builder
