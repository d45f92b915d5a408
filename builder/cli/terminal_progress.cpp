#include "builder/cli/terminal_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "builder/cli/columns.hpp"
#include "builder/cli/reason_text.hpp"
#include "builder/cli/shown_text.hpp"
#include "builder/cli/use_text.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr auto tick_interval = std::chrono::milliseconds(100);
/// So many lines of output stand below a step at most.
constexpr std::size_t most_output_lines = 6;
/// Where the text of a step's line begins, behind its time.
constexpr const char* indent = "         ";

constexpr const char* bold = "\x1b[1m";
constexpr const char* faint = "\x1b[2m";
constexpr const char* red = "\x1b[31m";
constexpr const char* reset = "\x1b[0m";

/// "  3.4s", right-aligned, and wider from a thousand seconds on.
std::string time_text(std::chrono::nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    return fmt::format("{:>7}", fmt::format("{:.1f}s", seconds));
}

}  // namespace

TerminalProgress::TerminalProgress(int descriptor, bool has_colours, bool explains)
    : descriptor_(descriptor), has_colours_(has_colours), explains_(explains) {}

TerminalProgress::~TerminalProgress() {
    close();
}

std::string TerminalProgress::styled(const char* style, const std::string& text) const {
    return has_colours_ ? style + text + reset : text;
}

void TerminalProgress::tick() {
    std::unique_lock lock(mutex_);
    while (!closing_.wait_for(lock, tick_interval, [this] { return is_closed_; })) draw();
}

void TerminalProgress::draw() {
    const TerminalSize size = terminal_size(descriptor_);
    show_text(descriptor_, region_.draw("", region(size, Clock::now()), size));
}

/// Lines that stay, whole.
void TerminalProgress::show(const std::string& lasting) {
    const TerminalSize size = terminal_size(descriptor_);
    show_text(descriptor_,
              is_closed_ ? region_.clear(lasting, size) : region_.draw(lasting, region(size, Clock::now()), size));
}

std::string TerminalProgress::prefix(const StepLabel& step) const {
    const std::string stage = stages_ > 1 ? runtime::harmless(step.stage_name) + " " : "";
    return fmt::format("{}[{}{}/{}] ", platform_, stage, step.number, step.total);
}

std::string TerminalProgress::headline(Clock::time_point now) const {
    const double seconds = std::chrono::duration<double>(now - started_).count();
    return fmt::format("Building {:.1f}s, {} of {} steps{}", seconds, ended_steps_, std::max(steps_, ended_steps_),
                       cached_steps_ > 0 ? fmt::format(", {} cached", cached_steps_) : "");
}

std::string TerminalProgress::head_of(const Running& step, Clock::time_point now) const {
    return fmt::format("{}  {}{}", time_text(now - step.started), prefix(step.label),
                       runtime::harmless(step.label.text));
}

/// As many lines as the terminal has, but for one: the steps first, then what they print, in equal parts.
std::vector<std::string> TerminalProgress::region(TerminalSize size, Clock::time_point now) const {
    const std::size_t columns = size.columns - 1;
    const std::size_t rows = std::max<std::size_t>(size.rows, 4) - 2;
    std::vector<std::string> lines = {styled(bold, fitted(headline(now), columns))};
    const std::size_t indented = columns > 20 ? columns - 9 : columns;
    const std::vector<std::string> bars = transfers_->lines(indented, rows / 2, now);
    const std::size_t room = rows - std::min(rows - 1, bars.size());
    const std::size_t shown = std::min(running_.size(), running_.size() > room ? room - 1 : room);
    const std::size_t output_lines =
        shown == 0 ? 0 : std::min(most_output_lines, (room - std::min(room, shown)) / shown);
    auto step = running_.begin();
    for (std::size_t i = 0; i < shown; ++i, ++step) {
        lines.push_back(fitted(head_of(*step, now), columns));
        for (const std::string& text : step->output.last(output_lines))
            lines.push_back(styled(faint, indent + fitted_styled(text, indented)));
    }
    if (running_.size() > shown) lines.push_back(fmt::format("{}and {} more", indent, running_.size() - shown));
    for (const std::string& bar : bars) lines.push_back(indent + bar);
    return lines;
}

void TerminalProgress::build_started(std::size_t stages, std::size_t steps) {
    const std::lock_guard lock(mutex_);
    stages_ = stages;
    steps_ = steps;
    ended_steps_ = cached_steps_ = run_steps_ = 0;
    started_ = Clock::now();
    // Of several platforms each has a build of its own.
    if (!std::exchange(is_closed_, false)) return;
    ticker_ = std::thread([this] { tick(); });
}

void TerminalProgress::step_started(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    running_.push_back({step, Clock::now(), RecentLines(has_colours_)});
}

void TerminalProgress::step_output(const StepLabel& step, runtime::Bytes bytes) {
    const std::lock_guard lock(mutex_);
    for (Running& one : running_)
        if (one.label.stage == step.stage && one.label.number == step.number)
            one.output.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<TerminalProgress::Running> TerminalProgress::take(const StepLabel& step) {
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& one) {
        return one.label.stage == step.stage && one.label.number == step.number;
    });
    if (found == running_.end()) return std::nullopt;
    Running taken = std::move(*found);
    running_.erase(found);
    return taken;
}

void TerminalProgress::step_finished(const StepLabel& step, const StepResult& result) {
    const std::lock_guard lock(mutex_);
    const auto taken = take(step);
    ++ended_steps_;
    if (result.outcome == StepOutcome::configured || !taken) return;
    const bool is_cached = result.outcome == StepOutcome::cached;
    ++(is_cached ? cached_steps_ : run_steps_);
    if (is_cached && !explains_) return;
    const std::string text = prefix(taken->label) + runtime::harmless(taken->label.text);
    if (is_cached) return show(styled(faint, fmt::format("{:>7}  {}", "cached", text)) + "\n");
    std::string reason = shown_reason(result.reason);
    if (!reason.empty()) reason = "\n" + styled(faint, indent + ("because " + reason));
    show(time_text(result.elapsed) + "  " + text + reason + "\n");
}

void TerminalProgress::step_failed(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    const auto taken = take(step);
    if (!taken) return;
    // The first one is the one that is told of; others end with it.
    const bool is_first = !std::exchange(has_failed_, true);
    const std::string text = prefix(taken->label) + runtime::harmless(taken->label.text);
    const std::string line = fmt::format("{:>7}  {}", is_first ? "failed" : "stopped", text);
    std::string output;
    if (is_first)
        for (const std::string& one : taken->output.last(most_output_lines)) output += indent + one + "\n";
    show(styled(is_first ? red : faint, line) + "\n" + output);
}

void TerminalProgress::log_use(runtime::Fd file) {
    logs_use_ = true;
    use_file_ = std::move(file);
}

void TerminalProgress::step_used(const StepLabel& step, const StepUse& use) {
    if (!logs_use_) return;
    const std::lock_guard lock(mutex_);
    const std::string text = describe_use(use) + "\n";
    if (use_file_) return runtime::write_all(use_file_, text, "the log of what steps used");
    show(indent + prefix(step) + text);
}

void TerminalProgress::notice(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!notices_.emplace(text).second) return;
    const std::string whole = fmt::format("notice: {}\n", runtime::harmless(text));
    if (::isatty(STDERR_FILENO) == 1) return show(whole);
    show_text(STDERR_FILENO, whole);
}

void TerminalProgress::warning(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (::isatty(STDERR_FILENO) == 1) return show(std::string(text));
    show_text(STDERR_FILENO, text);
}

void TerminalProgress::platform_started(const std::string& platform) {
    const std::lock_guard lock(mutex_);
    platform_ = runtime::harmless(platform) + " ";
}

void TerminalProgress::line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    show(std::string(text) + "\n");
}

std::shared_ptr<registry::TransferObserver> TerminalProgress::transfers() {
    return transfers_;
}

std::string TerminalProgress::summary() const {
    if (has_failed_ || ended_steps_ == 0) return "";
    const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    return styled(bold, fmt::format("Built in {:.1f}s: {} step{} ran, {} cached", seconds, run_steps_,
                                    run_steps_ == 1 ? "" : "s", cached_steps_)) +
           "\n";
}

void TerminalProgress::close() {
    {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return;
        is_closed_ = true;
        running_.clear();
        show(summary());
    }
    closing_.notify_all();
    ticker_.join();
}

/// The ID is what scripts read, so it goes to standard output whatever the mode.
void TerminalProgress::image_made(const MadeImage& image) {
    image.tell_copied();
    for (const std::string& name : image.names) line("Successfully tagged " + name);
    if (image.tells_id) std::cout << image.id << "\n";
}

}  // namespace builder
