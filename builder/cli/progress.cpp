#include "builder/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "builder/cli/columns.hpp"
#include "builder/cli/json_progress.hpp"
#include "builder/cli/pipe_progress.hpp"
#include "builder/cli/reason_text.hpp"
#include "builder/cli/shown_text.hpp"
#include "builder/cli/use_text.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(100);
/// A live line for steps that take less time would only flicker.
constexpr auto patience = std::chrono::milliseconds(300);

constexpr const char* bold = "\x1b[1m";
constexpr const char* faint = "\x1b[2m";
constexpr const char* green = "\x1b[32m";
constexpr const char* red = "\x1b[31m";
constexpr const char* plain = "\x1b[0m";

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

std::size_t terminal_width(int descriptor) {
    winsize size{};
    return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::unique_ptr<BuildProgress> make_progress(const std::string& wanted, bool quiet, int descriptor, PipeLines lines) {
    const auto make = [&](ProgressMode mode) { return std::make_unique<Progress>(mode, descriptor); };
    if (quiet || wanted == "quiet") return make(ProgressMode::quiet);
    if (wanted == "plain") return make(ProgressMode::plain);
    if (wanted == "tty") return make(ProgressMode::terminal);
    if (wanted == "json" || wanted == "rawjson") return std::make_unique<JsonProgress>(descriptor);
    if (wanted != "auto" && !wanted.empty())
        throw runtime::Error("--progress takes auto, plain, tty, quiet or json, not {}", runtime::quoted(wanted));
    const char* const terminal = std::getenv("TERM");
    const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    if (::isatty(descriptor) == 1) return make(is_dumb ? ProgressMode::plain : ProgressMode::terminal);
    return std::make_unique<PipeProgress>(descriptor, lines);
}

Progress::Progress(ProgressMode mode, int descriptor)
    : mode_(mode), descriptor_(descriptor), lines_(mode == ProgressMode::terminal) {
    if (mode_ == ProgressMode::terminal) ticker_ = std::thread([this] { tick(); });
}

Progress::~Progress() {
    close();
}

void Progress::close() {
    {
        const std::lock_guard lock(mutex_);
        if (ends_) return;
        ends_ = true;
    }
    ended_.notify_all();
    if (ticker_.joinable()) ticker_.join();
    const std::lock_guard lock(mutex_);
    print(new_line());
}

void Progress::tick() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, tick_interval, [this] { return ends_; })) draw_live_line();
}

/// One write a line, so that lines of several threads and processes do not mix.
void Progress::print(const std::string& text) {
    show_text(descriptor_, text);
}

void Progress::erase_live_line(std::string& text) {
    if (live_line_drawn_) text += "\r\x1b[K";
    live_line_drawn_ = false;
}

/// A line of its own begins: the live line goes, and what a step left unfinished is ended.
std::string Progress::new_line() {
    std::string text;
    erase_live_line(text);
    return text + lines_.end_line();
}

/// Not where a step's line is unfinished: it would write over it.
void Progress::draw_live_line() {
    std::string line;
    const auto now = Clock::now();
    for (const auto& [key, step] : running_) {
        if (now - step.started < patience) continue;
        line += fmt::format("{}{} {:.1f}s", line.empty() ? "" : "  |  ",
                            prefix(step.label) + runtime::harmless(step.label.text), seconds(now - step.started));
    }
    std::string text;
    erase_live_line(text);
    text += lines_.overdue(now);
    if (!line.empty() && !lines_.is_open()) {
        text += faint + fitted(line, terminal_width(descriptor_) - 1) + plain;
        live_line_drawn_ = true;
    }
    print(text);
}

std::string Progress::prefix(const StepLabel& step) const {
    return stages_ > 1 ? fmt::format("[{}] ", runtime::harmless(step.stage_name)) : "";
}

void Progress::build_started(std::size_t stages, std::size_t) {
    const std::lock_guard lock(mutex_);
    stages_ = stages;
}

void Progress::step_started(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    running_[{step.stage, step.number}] = {step, Clock::now()};
    if (mode_ == ProgressMode::quiet) return;
    std::string text = new_line();
    const std::string head =
        fmt::format("{}STEP {}/{}: {}", prefix(step), step.number, step.total, runtime::harmless(step.text));
    text += mode_ == ProgressMode::terminal ? bold + head + plain : head;
    print(text + "\n");
}

void Progress::step_output(const StepLabel& step, runtime::Bytes bytes) {
    if (mode_ == ProgressMode::quiet) return;
    const std::lock_guard lock(mutex_);
    const std::string_view output(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::string text;
    erase_live_line(text);
    print(text + lines_.add({step.stage, step.number}, prefix(step), output, Clock::now()));
}

void Progress::step_errors(const StepLabel& step, runtime::Bytes bytes) {
    if (mode_ != ProgressMode::quiet) return step_output(step, bytes);
    const std::lock_guard lock(mutex_);
    show_text(is_log() ? descriptor_ : STDERR_FILENO, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// What comes in front of a step's last line.
std::string Progress::end_of_output(const StepLabel& step) {
    running_.erase({step.stage, step.number});
    std::string text;
    erase_live_line(text);
    return text + lines_.finish({step.stage, step.number});
}

void Progress::step_finished(const StepLabel& step, const StepResult& result) {
    const std::lock_guard lock(mutex_);
    std::string text = end_of_output(step);
    if (mode_ == ProgressMode::quiet) return;
    const bool colours = mode_ == ProgressMode::terminal;
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
    text += fmt::format("{}{}--> failed{}\n", prefix(step), mode_ == ProgressMode::terminal ? red : "",
                        mode_ == ProgressMode::terminal ? plain : "");
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
