#include "builder/cli/pipe_progress.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/cli/reason_text.hpp"
#include "builder/cli/shown_text.hpp"
#include "builder/cli/use_text.hpp"
#include "registry/reference.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr std::size_t shown_digits = 12;

void show_error_text(std::string_view text) {
    show_text(STDERR_FILENO, text);
}

bool is_same_file(int left, int right) {
    struct stat one {
    }, other{};
    return ::fstat(left, &one) == 0 && ::fstat(right, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

}  // namespace

PipeProgress::PipeProgress(int descriptor, PipeLines lines)
    : descriptor_(descriptor),
      lines_(lines),
      has_errors_apart_(descriptor == STDOUT_FILENO && !is_same_file(STDOUT_FILENO, STDERR_FILENO)) {}

void PipeProgress::print(std::string_view text) {
    if (text.empty()) return;
    show_text(descriptor_, text);
    ends_line_ = text.ends_with('\n');
}

/// "[2/3] " where there are several stages, those included that are not built.
std::string PipeProgress::prefix(std::size_t stage) const {
    return target_ == 0 ? platform_ : fmt::format("{}[{}/{}] ", platform_, stage + 1, target_ + 1);
}

void PipeProgress::print_for(std::size_t stage, std::string_view text) {
    if (has_failed_) return;
    if (unfinished_.empty() || stage <= *unfinished_.begin())
        print(text);
    else
        held_[stage].add(text);
}

void PipeProgress::show_held(std::size_t stage) {
    if (const auto held = held_.find(stage); held != held_.end())
        held->second.give([this](std::string_view text) { print(text); });
    if (auto held = held_errors_.extract(stage)) held.mapped().give(show_error_text);
}

/// The stages whose turn it is now: all that are done, up to the first one that is not, and that one.
void PipeProgress::show_ready() {
    for (auto held = held_.begin(); held != held_.end();) {
        if (!unfinished_.empty() && held->first > *unfinished_.begin()) return;
        show_held(held->first);
        held = held_.erase(held);
    }
}

void PipeProgress::platform_started(const std::string& platform) {
    const std::lock_guard lock(mutex_);
    platform_ = "[" + runtime::harmless(platform) + "] ";
}

void PipeProgress::stages_planned(const std::vector<PlannedStage>& stages) {
    const std::lock_guard lock(mutex_);
    bases_.clear();
    unfinished_.clear();
    target_ = stages.back().index;
    for (const PlannedStage& stage : stages) {
        unfinished_.insert(stage.index);
        if (stage.is_base) bases_.insert(stage.index);
    }
}

void PipeProgress::stage_finished(std::size_t stage, const std::string& digits) {
    const std::lock_guard lock(mutex_);
    if (bases_.contains(stage) && lines_.tells_digits && !lines_.has_step_images)
        print_for(stage, "--> " + digits.substr(0, shown_digits) + "\n");
    unfinished_.erase(stage);
    show_ready();
}

void PipeProgress::step_started(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    print_for(step.stage, fmt::format("{}STEP {}/{}: {}\n", prefix(step.stage), step.number, step.total,
                                      runtime::harmless(step.text)));
}

void PipeProgress::step_output(const StepLabel& step, runtime::Bytes bytes) {
    const std::lock_guard lock(mutex_);
    print_for(step.stage, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void PipeProgress::step_errors(const StepLabel& step, runtime::Bytes bytes) {
    const std::lock_guard lock(mutex_);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (has_failed_) return;
    if (unfinished_.empty() || step.stage <= *unfinished_.begin()) return show_error_text(text);
    held_[step.stage];  // A stage that has its turn shows both.
    held_errors_[step.stage].add(text);
}

void PipeProgress::step_finished(const StepLabel& step, const StepResult& result) {
    const std::lock_guard lock(mutex_);
    const bool is_cached = result.outcome == StepOutcome::cached;
    if (is_cached && !lines_.has_step_images) print_for(step.stage, "--> Using cache\n");
    if (lines_.explains && result.outcome == StepOutcome::done)
        print_for(step.stage,
                  fmt::format("--> ran because {}\n",
                              result.reason.text.empty() ? "there was no record of it" : shown_reason(result.reason)));
    if (step.stage == target_) last_step_was_cached_ = is_cached;
}

void PipeProgress::step_kept(const StepLabel& step, const std::string& id, bool was_known) {
    const std::lock_guard lock(mutex_);
    if (was_known) print_for(step.stage, "--> Using cache " + id + "\n");
    if (lines_.tells_digits) print_for(step.stage, "--> " + id.substr(0, shown_digits) + "\n");
}

/// The others end with it; what they printed is of no use.
void PipeProgress::step_failed(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    show_held(step.stage);
    held_.clear();
    held_errors_.clear();
    has_failed_ = true;
    if (!ends_line_) print("\n");
}

void PipeProgress::log_use(runtime::Fd file) {
    logs_use_ = true;
    use_file_ = std::move(file);
}

void PipeProgress::step_used(const StepLabel& step, const StepUse& use) {
    if (!logs_use_) return;
    const std::lock_guard lock(mutex_);
    const std::string text = describe_use(use) + "\n";
    if (use_file_) return runtime::write_all(use_file_, text, "the log of what steps used");
    print_for(step.stage, text);
}

void PipeProgress::notice(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (notices_.emplace(text).second) show_error_text(fmt::format("notice: {}\n", runtime::harmless(text)));
}

void PipeProgress::warning(std::string_view text) {
    const std::lock_guard lock(mutex_);
    show_error_text(text);
}

void PipeProgress::arguments_unused(std::string_view text) {
    const std::lock_guard lock(mutex_);
    unused_arguments_ = text;
}

void PipeProgress::line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    print(std::string(text) + "\n");
}

void PipeProgress::image_pushed(const std::string& name) {
    const std::lock_guard lock(mutex_);
    print("pushed " + name + "\n");
}

void PipeProgress::image_made(const MadeImage& image) {
    const std::lock_guard lock(mutex_);
    std::string text;
    const bool was_cached = last_step_was_cached_ || (lines_.has_step_images && image.was_known);
    if (was_cached && lines_.has_step_images) text += "--> Using cache " + image.id + "\n";
    if (!was_cached || !image.first_name.empty())
        text += prefix(target_) + "COMMIT" + (image.first_name.empty() ? "" : " ") + image.first_name + "\n";
    print(std::exchange(text, {}));
    image.tell_copied();
    if (image.tells_digits) text += "--> " + image.id.substr(0, shown_digits) + "\n";
    text += std::exchange(unused_arguments_, "");
    // The name given last comes first.
    for (auto name = image.names.rbegin(); name != image.names.rend(); ++name)
        if (!registry::parse_image_location(*name))
            text += "Successfully tagged " + registry::Reference::parse(*name).text() + "\n";
    if (image.tells_id) text += image.id + "\n";
    print(text);
}

void PipeProgress::close() {
    const std::lock_guard lock(mutex_);
    unfinished_.clear();
    show_ready();
}

PipeProgress::~PipeProgress() {
    close();
    if (!has_failed_) print(unused_arguments_);
}

}  // namespace builder
