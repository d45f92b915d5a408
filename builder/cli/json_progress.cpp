#include "builder/cli/json_progress.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "builder/cli/json_line.hpp"
#include "builder/cli/shown_text.hpp"
#include "builder/cli/use_text.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t block_bytes = 512;

ordered_json event_of(const char* name) {
    return {{"event", name}};
}

ordered_json event_of(const char* name, const StepLabel& step) {
    return {{"event", name}, {"stage", step.stage_name}, {"step", step.number}, {"steps", step.total}};
}

/// Where a character in UTF-8 begins that the end of the text cuts; the text's size where it ends with a whole one.
std::size_t begin_of_cut_character(std::string_view text) {
    constexpr std::size_t longest = 4;
    for (std::size_t back = 1; back <= std::min(longest - 1, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xc0) == 0x80) continue;
        const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return length > back ? text.size() - back : text.size();
    }
    return text.size();
}

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

double seconds_of_microseconds(std::int64_t microseconds) {
    return seconds(std::chrono::microseconds(microseconds));
}

}  // namespace

JsonProgress::JsonProgress(int descriptor)
    : descriptor_(descriptor),
      transfers_(std::make_shared<JsonTransfers>([this](const std::string& object) { print(object); })) {}

/// One write a line, so that lines of several threads do not mix.
void JsonProgress::print(const std::string& object) {
    const std::lock_guard lock(mutex_);
    show_text(descriptor_, object + "\n");
}

void JsonProgress::build_started(std::size_t stages, std::size_t steps) {
    ordered_json event = event_of("build");
    event["stages"] = stages;
    event["steps"] = steps;
    print(json_line(event));
}

void JsonProgress::step_started(const StepLabel& step) {
    ordered_json event = event_of("step_started", step);
    event["text"] = step.text;
    print(json_line(event));
}

void JsonProgress::step_output(const StepLabel& step, runtime::Bytes bytes) {
    std::string text;
    {
        const std::lock_guard lock(mutex_);
        std::string& rest = rests_[{step.stage, step.number}];
        text = std::exchange(rest, "") + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const std::size_t cut = begin_of_cut_character(text);
        rest = text.substr(cut);
        text.erase(cut);
    }
    if (!text.empty()) print_output(step, text);
}

void JsonProgress::print_output(const StepLabel& step, const std::string& text) {
    ordered_json event = event_of("step_output", step);
    event["text"] = text;
    print(json_line(event));
}

/// Bytes that began a character which never came whole.
void JsonProgress::print_rest(const StepLabel& step) {
    std::string rest;
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = rests_.extract({step.stage, step.number})) rest = known.mapped();
    }
    if (!rest.empty()) print_output(step, rest);
}

void JsonProgress::step_finished(const StepLabel& step, const StepResult& result) {
    print_rest(step);
    ordered_json event = event_of("step_finished", step);
    event["outcome"] = name_of(result.outcome);
    event["seconds"] = seconds(result.elapsed);
    if (!result.reason.text.empty()) event["reason"] = result.reason.text;
    if (!result.reason.now.empty()) event["before"] = result.reason.before;
    if (!result.reason.now.empty()) event["now"] = result.reason.now;
    print(json_line(event));
}

void JsonProgress::step_failed(const StepLabel& step) {
    print_rest(step);
    print(json_line(event_of("step_failed", step)));
}

void JsonProgress::step_used(const StepLabel& step, const StepUse& use) {
    if (use_file_) {
        const std::lock_guard lock(mutex_);
        runtime::write_all(use_file_, describe_use(use) + "\n", "the log of what steps used");
    }
    ordered_json event = event_of("step_used", step);
    event["seconds"] = seconds(use.elapsed);
    event["user_seconds"] = seconds_of_microseconds(use.resources.user_microseconds);
    event["system_seconds"] = seconds_of_microseconds(use.resources.system_microseconds);
    event["peak_memory_bytes"] = use.resources.peak_memory_bytes;
    event["read_bytes"] = use.resources.blocks_read * block_bytes;
    event["written_bytes"] = use.resources.blocks_written * block_bytes;
    print(json_line(event));
}

void JsonProgress::notice(std::string_view text) {
    {
        const std::lock_guard lock(mutex_);
        if (!notices_.emplace(text).second) return;
    }
    ordered_json event = event_of("notice");
    event["text"] = text;
    print(json_line(event));
}

void JsonProgress::warning(std::string_view text) {
    ordered_json event = event_of("warning");
    event["text"] = text;
    print(json_line(event));
}

void JsonProgress::log_use(runtime::Fd file) {
    use_file_ = std::move(file);
}

void JsonProgress::line(std::string_view text) {
    ordered_json event = event_of("line");
    event["text"] = text;
    print(json_line(event));
}

void JsonProgress::image_pushed(const std::string& name) {
    ordered_json event = event_of("pushed");
    event["name"] = name;
    print(json_line(event));
}

void JsonProgress::image_made(const MadeImage& image) {
    image.tell_copied();
    ordered_json event = event_of("image");
    event["id"] = "sha256:" + image.id;
    event["names"] = image.names;
    print(json_line(event));
}

}  // namespace builder
