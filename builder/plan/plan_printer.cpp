#include "builder/plan/plan_printer.hpp"

#include "runtime/base/harmless.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace builder {
namespace {

using nlohmann::ordered_json;

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string base_text(const BuildPlan& plan, const StagePlan& stage) {
    switch (stage.base) {
        case StagePlan::Base::scratch:
            return "scratch";
        case StagePlan::Base::stage:
            return "stage " + plan.stages[stage.base_stage].label();
        case StagePlan::Base::context:
            return "context " + stage.context;
        case StagePlan::Base::image:
            break;
    }
    return "image " + stage.base_image;
}

std::string labels_of(const BuildPlan& plan, const std::set<std::size_t>& stages) {
    std::vector<std::string> labels;
    for (const std::size_t stage : stages) labels.push_back(plan.stages[stage].label());
    return fmt::format("{}", fmt::join(labels, ", "));
}

ordered_json step_json(const Instruction& instruction) {
    return {{"keyword", instruction.keyword},
            {"text", instruction.original},
            {"line", instruction.location.line},
            {"last_line", instruction.location.last_line}};
}

ordered_json stage_json(const BuildPlan& plan, const StagePlan& stage) {
    ordered_json json = {{"index", stage.index}, {"name", stage.name}};
    switch (stage.base) {
        case StagePlan::Base::scratch:
            json["base"] = {{"kind", "scratch"}};
            break;
        case StagePlan::Base::stage:
            json["base"] = {{"kind", "stage"}, {"stage", stage.base_stage}};
            break;
        case StagePlan::Base::image:
            json["base"] = {{"kind", "image"}, {"image", stage.base_image}};
            break;
        case StagePlan::Base::context:
            json["base"] = {{"kind", "context"}, {"context", stage.context}};
            break;
    }
    json["platform"] =
        stage.platform.empty() ? plan.global_arguments.get("TARGETPLATFORM").value_or("") : stage.platform;
    json["needs"] = stage.needs;
    json["skipped"] = !stage.is_needed;
    json["line"] = stage.from->location.line;
    json["steps"] = ordered_json::array();
    for (const Instruction* instruction : stage.instructions) json["steps"].push_back(step_json(*instruction));
    return json;
}

std::string quoted_for_dot(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + "\"";
}

}  // namespace

std::string print_plan_text(const BuildPlan& plan) {
    std::string text;
    for (const StagePlan& stage : plan.stages) {
        const std::string name = stage.name.empty() ? "" : " (" + stage.name + ")";
        const char* const mark = stage.index == plan.target ? ", target" : stage.is_needed ? "" : ", skipped";
        text += fmt::format("{}stage {}{}{}\n  on {}{}\n", text.empty() ? "" : "\n", stage.index, name, mark,
                            base_text(plan, stage), stage.platform.empty() ? "" : " for " + stage.platform);
        if (!stage.needs.empty()) text += "  needs " + labels_of(plan, stage.needs) + "\n";
        for (const Instruction* instruction : stage.instructions)
            text += fmt::format("  {:>4}  {}\n", instruction->location.line, one_line(instruction->original));
    }
    return text;
}

std::string print_plan_json(const BuildPlan& plan) {
    ordered_json arguments = ordered_json::object();
    for (const auto& [name, value] : plan.global_arguments.all()) arguments[name] = value;
    ordered_json stages = ordered_json::array();
    for (const StagePlan& stage : plan.stages) stages.push_back(stage_json(plan, stage));
    const ordered_json document = {{"target", plan.target}, {"arguments", arguments}, {"stages", stages}};
    return runtime::harmless_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + "\n";
}

std::string print_plan_dot(const BuildPlan& plan) {
    std::string text = "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n";
    std::set<std::string> images;
    std::string edges;
    for (const StagePlan& stage : plan.stages) {
        const std::string label = fmt::format("{}, {} step{}", stage.label(), stage.instructions.size(),
                                              stage.instructions.size() == 1 ? "" : "s");
        text += fmt::format("  stage{} [label={}{}{}];\n", stage.index, quoted_for_dot(label),
                            stage.index == plan.target ? ", penwidth=2" : "", stage.is_needed ? "" : ", style=dashed");
        if (stage.base == StagePlan::Base::image) {
            images.insert(stage.base_image);
            edges += fmt::format("  {} -> stage{};\n", quoted_for_dot(stage.base_image), stage.index);
        }
        for (const std::size_t other : stage.needs) {
            const bool is_base = stage.base == StagePlan::Base::stage && stage.base_stage == other;
            edges += fmt::format("  stage{} -> stage{}{};\n", other, stage.index, is_base ? "" : " [style=dotted]");
        }
    }
    for (const std::string& image : images) text += fmt::format("  {} [shape=ellipse];\n", quoted_for_dot(image));
    return text + edges + "}\n";
}

}  // namespace builder
