#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/cli/reason_text.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/command_table.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

/// What is told of a step that made its layer anew and of which nothing was known.
constexpr const char* was_unknown = "there was no record of it";

std::string word_of(const RecordedStep& step) {
    if (step.outcome.empty()) return "running";
    return step.outcome == "done" ? "ran" : step.outcome;
}

/// Those that make layers, and what failed: others take no time, and nothing decides about them.
bool is_told(const RecordedStep& step) {
    return step.makes_layer() || step.outcome == "failed";
}

std::string reason_of(const RecordedStep& step) {
    if (step.outcome == "cached" || step.outcome == "failed" || step.outcome.empty())
        return step.reason.text.empty() ? "" : shown_reason(step.reason);
    return step.reason.text.empty() ? was_unknown : shown_reason(step.reason);
}

std::string headline(const BuildRecord& record) {
    const std::string started = started_text(record.started_us);
    return runtime::harmless(fmt::format("build {} of {}, {}: {}{}", record.id, record.subject.file, human_age(started),
                                         name_of(record.state),
                                         record.took_us > 0 ? " in " + shown_time(record.took_us) : ""));
}

void print_text(const BuildRecord& record) {
    std::cout << headline(record) << "\n";
    std::set<std::string> stages;
    for (const RecordedStep& step : record.steps) stages.insert(step.label.stage_name);
    for (const RecordedStep& step : record.steps) {
        if (!is_told(step)) continue;
        const std::string time = step.outcome == "done" || step.outcome == "failed" ? shown_time(step.took_us) : "";
        std::cout << fmt::format("{:>7}  {:<7} {}{}\n", time, word_of(step), step_prefix(step.label, stages.size() > 1),
                                 runtime::harmless(step.label.text));
        if (const std::string reason = reason_of(step); !reason.empty())
            std::cout << fmt::format("{:>7}  because {}\n", "", reason);
    }
    if (!record.error.empty()) std::cout << "failed: " << runtime::harmless(record.error) << "\n";
}

void print_json(const BuildRecord& record) {
    ordered_json steps = ordered_json::array();
    for (const RecordedStep& step : record.steps) {
        if (!is_told(step)) continue;
        ordered_json entry = {{"stage", step.label.stage_name}, {"step", step.label.number},
                              {"line", step.label.line},        {"text", step.label.text},
                              {"outcome", word_of(step)},       {"seconds", static_cast<double>(step.took_us) / 1e6}};
        if (!step.reason.text.empty())
            entry["reason"] = {{"text", step.reason.text}, {"before", step.reason.before}, {"now", step.reason.now}};
        steps.push_back(std::move(entry));
    }
    const ordered_json document = {{"build", record.id}, {"state", name_of(record.state)}, {"steps", steps}};
    std::cout << runtime::harmless_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) << "\n";
}

}  // namespace

Command why_command() {
    auto as_json = std::make_shared<bool>(false);
    Command command;
    command.name = "why";
    command.group = "Records";
    command.summary = "say why steps of a build (default: the newest) ran, or were cached";
    command.usage = "[flags] [BUILD]";
    command.flags = {flag("json", 0, "print JSON", *as_json)};
    command.most_words = 1;
    command.run = [as_json](Context& context, const Words& words) {
        const layers::BuildFiles builds(context.store_location());
        const layers::BuildFile file = require_build(builds, words.empty() ? "" : words.front());
        const BuildRecord record = require_record(builds, file);
        *as_json ? print_json(record) : print_text(record);
        return 0;
    };
    return command;
}

}  // namespace builder
