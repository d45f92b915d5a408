#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/cli/reason_text.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/builds.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

/// How it took its layer, and how long.
std::string state_of(const RecordedStep& step) {
    if (step.outcome.empty()) return "running";
    if (step.outcome == "done") return step.makes_layer() ? "ran" : "done";
    return step.outcome == "configured" ? "" : step.outcome;
}

std::string memory_of(const RecordedStep& step) {
    return step.use && step.use->resources.peak_memory_bytes > 0 ? human_size(step.use->resources.peak_memory_bytes)
                                                                 : "";
}

std::string cpu_of(const RecordedStep& step) {
    if (!step.use || step.outcome != "done") return "";
    return shown_time(step.use->resources.user_microseconds + step.use->resources.system_microseconds);
}

void print_head(const BuildRecord& record) {
    const std::string started = started_text(record.started_us);
    const auto line = [](const char* title, const std::string& value) {
        if (!value.empty()) std::cout << fmt::format("{:<10} {}\n", title, runtime::harmless(value));
    };
    line("build", record.id);
    line("state", name_of(record.state));
    line("started", started + ", " + human_age(started));
    line("took", record.took_us > 0 ? shown_time(record.took_us) : "");
    line("file", record.subject.file);
    line("context", record.subject.context);
    line("target", record.subject.target);
    line("platform", record.subject.platform);
    line("image", record.image);
    line("names", fmt::format("{}", fmt::join(record.names, ", ")));
    line("error", record.error);
}

void print_steps(const BuildRecord& record) {
    std::set<std::string> stages;
    for (const RecordedStep& step : record.steps) stages.insert(step.label.stage_name);
    std::vector<std::vector<std::string>> rows = {{"STEP", "STATE", "TIME", "CPU", "MEMORY", "LAYER", "INSTRUCTION"}};
    for (const RecordedStep& step : record.steps)
        rows.push_back({step_prefix(step.label, stages.size() > 1), state_of(step),
                        step.outcome == "configured" ? "" : shown_time(step.took_us), cpu_of(step), memory_of(step),
                        step.layer_bytes ? human_size(*step.layer_bytes) : "", runtime::harmless(step.label.text)});
    std::cout << "\n" << format_table(rows, 2);
}

}  // namespace

Command builds_show_command() {
    auto as_json = std::make_shared<bool>(false);
    Command command;
    command.name = "show";
    command.aliases = {"inspect"};
    command.summary = "show a recorded build (default: the newest), step by step";
    command.usage = "[flags] [BUILD]";
    command.flags = {flag("json", 0, "print the record as it is kept: one JSON object per line", *as_json)};
    command.most_words = 1;
    command.run = [as_json](Context& context, const Words& words) {
        const layers::BuildFiles builds(context.store_location());
        const layers::BuildFile file = require_build(builds, words.empty() ? "" : words.front());
        const BuildRecord record = require_record(builds, file);
        if (*as_json) {
            std::cout << runtime::harmless_json(builds.read_events(file).value_or(""));
            return 0;
        }
        print_head(record);
        print_steps(record);
        return 0;
    };
    return command;
}

}  // namespace builder
