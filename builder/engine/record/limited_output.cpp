#include "builder/engine/record/limited_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

namespace builder {

/// What may be shown of more output of a step, on either stream.
runtime::Bytes LimitedOutput::within_limit(const StepLabel& step, runtime::Bytes bytes) {
    const std::lock_guard lock(mutex_);
    Count& count = counts_[{step.stage, step.number}];
    const std::uint64_t room = most_bytes_ - std::min(most_bytes_, count.seen_bytes);
    const runtime::Bytes shown = bytes.first(std::min<std::uint64_t>(room, bytes.size()));
    count.seen_bytes += bytes.size();
    if (!shown.empty()) count.ends_line = shown.back() == std::byte{'\n'};
    return shown;
}

void LimitedOutput::step_output(const StepLabel& step, runtime::Bytes bytes) {
    const runtime::Bytes shown = within_limit(step, bytes);
    if (!shown.empty()) next_.step_output(step, shown);
}

void LimitedOutput::step_errors(const StepLabel& step, runtime::Bytes bytes) {
    const runtime::Bytes shown = within_limit(step, bytes);
    if (!shown.empty()) next_.step_errors(step, shown);
}

void LimitedOutput::tell_left_out(const StepLabel& step) {
    Count count;
    {
        const std::lock_guard lock(mutex_);
        const auto known = counts_.extract({step.stage, step.number});
        if (known) count = known.mapped();
    }
    if (count.seen_bytes <= most_bytes_) return;
    const std::string line = fmt::format("{}… {} more bytes of output were left out (--log-limit {})\n",
                                         count.ends_line ? "" : "\n", count.seen_bytes - most_bytes_, most_bytes_);
    next_.step_output(step, std::as_bytes(std::span(line)));
}

void LimitedOutput::step_finished(const StepLabel& step, const StepResult& result) {
    tell_left_out(step);
    next_.step_finished(step, result);
}

void LimitedOutput::step_failed(const StepLabel& step) {
    tell_left_out(step);
    next_.step_failed(step);
}

}  // namespace builder
