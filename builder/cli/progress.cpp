#include "builder/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "builder/cli/reason_text.hpp"
#include "builder/cli/shown_text.hpp"
#include "builder/cli/use_text.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr const char* bold = "\x1b[1m";
constexpr const char* faint = "\x1b[2m";
constexpr const char* green = "\x1b[32m";
constexpr const char* red = "\x1b[31m";
constexpr const char* plain = "\x1b[0m";

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Progress::Progress(ProgressMode mode, int descriptor)
    : mode_(mode), descriptor_(descriptor), lines_(mode == ProgressMode::coloured) {}

Progress::~Progress() {
    close();
}

void Progress::close() {
    const std::lock_guard lock(mutex_);
    print(lines_.end_line());
}

/// One write a line, so that lines of several threads and processes do not mix.
void Progress::print(const std::string& text) {
    show_text(descriptor_, text);
}

/// A line of its own begins: what a step left unfinished is ended.
std::string Progress::new_line() {
    return lines_.end_line();
}

std::string Progress::prefix(const StepLabel& step) const {
    return stages_ > 1 ? fmt::format("[{}] ", runtime::harmless(step.stage_name)) : "";
}

/// What stands in front of a line that a step prints: "[build 2/5] 0.31 ".
std::string Progress::output_prefix(const StepLabel& step) {
    const Clock::time_point began =
        started_.emplace(OutputLines::Step{step.stage, step.number}, Clock::now()).first->second;
    const std::string stage = stages_ > 1 ? runtime::harmless(step.stage_name) + " " : "";
    return fmt::format("[{}{}/{}] {:.2f} ", stage, step.number, step.total, seconds(Clock::now() - began));
}

void Progress::build_started(std::size_t stages, std::size_t) {
    const std::lock_guard lock(mutex_);
    stages_ = stages;
}

void Progress::step_started(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    if (mode_ == ProgressMode::quiet) return;
    started_[{step.stage, step.number}] = Clock::now();
    std::string text = new_line();
    const std::string head =
        fmt::format("{}STEP {}/{}: {}", prefix(step), step.number, step.total, runtime::harmless(step.text));
    text += mode_ == ProgressMode::coloured ? bold + head + plain : head;
    print(text + "\n");
}

void Progress::step_output(const StepLabel& step, runtime::Bytes bytes) {
    if (mode_ == ProgressMode::quiet) return;
    const std::lock_guard lock(mutex_);
    const std::string_view output(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    print(lines_.add({step.stage, step.number}, output_prefix(step), output, Clock::now()));
}

void Progress::step_errors(const StepLabel& step, runtime::Bytes bytes) {
    if (mode_ != ProgressMode::quiet) return step_output(step, bytes);
    const std::lock_guard lock(mutex_);
    show_text(is_log() ? descriptor_ : STDERR_FILENO, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// What comes in front of a step's last line.
std::string Progress::end_of_output(const StepLabel& step) {
    return lines_.finish({step.stage, step.number});
}

void Progress::step_finished(const StepLabel& step, const StepResult& result) {
    const std::lock_guard lock(mutex_);
    std::string text = end_of_output(step);
    if (mode_ == ProgressMode::quiet) return;
    const bool colours = mode_ == ProgressMode::coloured;
    if (result.outcome == StepOutcome::cached) {
        text += fmt::format("{}{}--> cached{}\n", prefix(step), colours ? faint : "", colours ? plain : "");
    } else if (result.outcome == StepOutcome::done) {
        text +=
            fmt::format("{}{}--> done in {:.2f}s{}{}\n", prefix(step), colours ? green : "", seconds(result.elapsed),
                        result.reason.text.empty() ? "" : " (ran because " + shown_reason(result.reason) + ")",
                        colours ? plain : "");
    }
    print(text);
}

void Progress::step_failed(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    std::string text = end_of_output(step);
    if (mode_ == ProgressMode::quiet) return;
    text += fmt::format("{}{}--> failed{}\n", prefix(step), mode_ == ProgressMode::coloured ? red : "",
                        mode_ == ProgressMode::coloured ? plain : "");
    print(text);
}

void Progress::log_use(runtime::Fd file) {
    logs_use_ = true;
    use_file_ = std::move(file);
}

void Progress::step_used(const StepLabel& step, const StepUse& use) {
    if (!logs_use_) return;
    const std::lock_guard lock(mutex_);
    const std::string text = describe_use(use) + "\n";
    if (use_file_) return runtime::write_all(use_file_, text, "the log of what steps used");
    if (mode_ == ProgressMode::quiet) return;
    print(new_line() + prefix(step) + text);
}

void Progress::notice(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!notices_.emplace(text).second) return;
    print(new_line());
    const std::string whole = fmt::format("notice: {}\n", runtime::harmless(text));
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

void Progress::warning(std::string_view text) {
    if (mode_ == ProgressMode::quiet) return;
    const std::lock_guard lock(mutex_);
    print(new_line());
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

void Progress::line(std::string_view text) {
    if (mode_ == ProgressMode::quiet) return;
    const std::lock_guard lock(mutex_);
    print(new_line() + std::string(text) + "\n");
}

/// With --logfile all that is told is there.
bool Progress::is_log() const noexcept {
    return descriptor_ != STDOUT_FILENO && descriptor_ != STDERR_FILENO;
}

/// The ID is what scripts read, so it goes to standard output whatever the mode, unless there is a log.
void Progress::image_made(const MadeImage& image) {
    image.tell_copied();
    for (const std::string& name : image.names) line("Successfully tagged " + name);
    if (!image.tells_id) return;
    if (is_log())
        print(image.id + "\n");
    else
        std::cout << image.id << "\n";
}

}  // namespace builder
