#include "builder/engine/record/step_turn.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using Kind = runtime::FileLock::Kind;

constexpr std::size_t most_shown_bytes = 4U << 20;
constexpr int pause_milliseconds = 20;

std::string name_of(const StepKey& key) {
    return "step-" + std::string(layers::Digest::of(key.key.text() + key.below).hex().substr(0, 32));
}

/// What was added since the last time.
void pass_on(const runtime::Fd& file, const std::function<void(runtime::Bytes)>& output) {
    std::array<std::byte, 16384> buffer{};
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count <= 0) return;
        output(runtime::Bytes(buffer).first(static_cast<std::size_t>(count)));
    }
}

}  // namespace

StepTurn::StepTurn(const layers::Store& store, const StepKey& key)
    : store_(store),
      name_(name_of(key)),
      output_path_(store.locks().path(name_ + ".output")),
      lock_(store.locks().open(name_)) {}

StepTurn::~StepTurn() {
    if (!is_taken_) return;
    ::unlink(output_path_.c_str());
    store_.locks().remove(name_);
}

bool StepTurn::take_if_free() {
    if (!lock_.try_lock(Kind::exclusive)) return false;
    is_taken_ = lock_.is_current();
    // Who had it has removed it, and somebody else may have made another one.
    if (!is_taken_) lock_ = store_.locks().open(name_);
    return is_taken_;
}

void StepTurn::wait(const runtime::StopSource& stop, const std::function<void(runtime::Bytes)>& output) {
    std::optional<runtime::Fd> shown;
    for (bool is_over = false; !is_over;) {
        is_over = take_if_free();
        if (!shown) shown = runtime::open_if_exists(output_path_, O_RDONLY);
        if (shown) pass_on(*shown, output);
        if (is_over) return;
        pollfd pause{stop.descriptor().get(), POLLIN, 0};
        ::poll(&pause, 1, pause_milliseconds);
        stop.throw_if_stopped();
    }
}

void StepTurn::show(runtime::Bytes bytes) noexcept {
    if (!output_) output_ = runtime::Fd(::open(output_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const std::size_t count = std::min(bytes.size(), most_shown_bytes - shown_bytes_);
    if (!output_ || count == 0) return;
    const ssize_t written = ::write(output_.get(), bytes.data(), count);
    if (written > 0) shown_bytes_ += static_cast<std::size_t>(written);
}

}  // namespace builder
