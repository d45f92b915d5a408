#include "builder/cli/outline_printer.hpp"

#include <nlohmann/json.hpp>

#include "builder/cli/output_table.hpp"
#include "builder/plan/source_json.hpp"
#include "builder/syntax/source_text.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

std::string mounts_table(const char* heading, const std::vector<Outline::Mount>& mounts) {
    if (mounts.empty()) return "";
    std::vector<std::vector<std::string>> rows = {{heading, "REQUIRED"}};
    for (const Outline::Mount& mount : mounts) rows.push_back({mount.id, mount.is_required ? "true" : ""});
    return format_table(rows) + "\n";
}

ordered_json mounts_json(const std::vector<Outline::Mount>& mounts, const char* key, bool with_required) {
    ordered_json array = ordered_json::array();
    for (const Outline::Mount& mount : mounts) {
        ordered_json entry = {{key, mount.id}};
        if (with_required && mount.is_required) entry["required"] = true;
        entry["location"] = location_json(mount.location);
        array.push_back(std::move(entry));
    }
    return array;
}

std::string print(const ordered_json& document) {
    return runtime::harmless_json(document.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + "\n";
}

}  // namespace

std::string print_outline_text(const Outline& outline) {
    std::string text;
    if (!outline.target.empty() || !outline.description.empty()) {
        std::vector<std::vector<std::string>> rows = {
            {"TARGET:", outline.target.empty() ? "(default)" : outline.target}};
        if (!outline.description.empty()) rows.push_back({"DESCRIPTION:", outline.description});
        text += format_table(rows, 1) + "\n";
    }
    if (!outline.arguments.empty()) {
        std::vector<std::vector<std::string>> rows = {{"BUILD ARG", "VALUE", "DESCRIPTION"}};
        for (const Outline::Argument& argument : outline.arguments)
            rows.push_back({argument.name, argument.value.value_or(""), argument.description});
        text += format_table(rows) + "\n";
    }
    std::vector<std::vector<std::string>> caches = {{"CACHE"}};
    for (const Outline::Mount& mount : outline.caches) caches.push_back({mount.id});
    return text + mounts_table("SECRET", outline.secrets) + mounts_table("SSH", outline.agents) +
           (outline.caches.empty() ? "" : format_table(caches) + "\n");
}

std::string print_outline_json(const Outline& outline, const SourceText& source) {
    ordered_json document = ordered_json::object();
    if (!outline.target.empty()) document["name"] = outline.target;
    if (!outline.description.empty()) document["description"] = outline.description;
    ordered_json arguments = ordered_json::array();
    for (const Outline::Argument& argument : outline.arguments) {
        ordered_json entry = {{"name", argument.name}};
        if (!argument.description.empty()) entry["description"] = argument.description;
        if (argument.value) entry["value"] = *argument.value;
        entry["location"] = location_json(argument.location);
        arguments.push_back(std::move(entry));
    }
    if (!arguments.empty()) document["args"] = arguments;
    if (!outline.secrets.empty()) document["secrets"] = mounts_json(outline.secrets, "name", true);
    if (!outline.agents.empty()) document["ssh"] = mounts_json(outline.agents, "name", true);
    if (!outline.caches.empty()) document["cache"] = mounts_json(outline.caches, "ID", false);
    document["sources"] = {runtime::encode_base64(source.text())};
    return print(document);
}

std::string print_targets_text(const BuildPlan& plan) {
    std::vector<std::vector<std::string>> rows = {{"TARGET", "DESCRIPTION"}};
    for (const StagePlan& stage : plan.stages) {
        const bool is_default = stage.index == plan.target;
        // A stage without a name can be built only where it is the last.
        if (stage.name.empty() && !is_default) continue;
        const char* const mark = stage.name.empty() ? "(default)" : is_default ? " (default)" : "";
        rows.push_back({stage.name + mark, stage_description(stage)});
    }
    return format_table(rows, 1);
}

std::string print_targets_json(const BuildPlan& plan) {
    ordered_json targets = ordered_json::array();
    for (const StagePlan& stage : plan.stages) {
        ordered_json entry = ordered_json::object();
        if (!stage.name.empty()) entry["name"] = stage.name;
        if (stage.index == plan.target) entry["default"] = true;
        if (const std::string description = stage_description(stage); !description.empty())
            entry["description"] = description;
        entry["base"] = stage.base_image;
        if (!stage.platform.empty()) entry["platform"] = stage.platform;
        entry["location"] = location_json(stage.from->location);
        targets.push_back(std::move(entry));
    }
    return print({{"targets", targets}, {"sources", {runtime::encode_base64(plan.tree.source->text())}}});
}

}  // namespace builder
