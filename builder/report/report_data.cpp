#include "builder/report/report_data.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "builder/questions/layer_history.hpp"
#include "builder/questions/tree_difference.hpp"
#include "builder/report/layer_files.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

/// So many files differ at most in what is shown of two images.
constexpr std::size_t most_differences = 2000;

ordered_json json_of(const RecordedStep& step, const ReportOptions& options) {
    const std::string& text = step.label.text;
    ordered_json result = {{"stage", step.label.stage_name},
                           {"number", step.label.number},
                           {"total", step.label.total},
                           {"line", step.label.line},
                           {"text", options.shows_values ? text : without_values(text)},
                           {"start", step.started_us},
                           {"took", step.took_us},
                           {"outcome", step.outcome.empty() ? "running" : step.outcome},
                           {"makesLayer", step.makes_layer()},
                           {"reason", step.reason.text},
                           {"before", step.reason.before},
                           {"now", step.reason.now},
                           {"base", step.base_name},
                           {"baseId", step.base_id},
                           {"layer", step.diff_id}};
    result["bytes"] = step.layer_bytes ? ordered_json(*step.layer_bytes) : ordered_json();
    if (!step.use) return result;
    const auto& use = step.use->resources;
    result["cpu"] = use.user_microseconds + use.system_microseconds;
    if (use.peak_memory_bytes > 0) result["memory"] = use.peak_memory_bytes;
    return result;
}

ordered_json json_of(const BuildRecord& build, const ReportOptions& options) {
    ordered_json steps = ordered_json::array();
    for (const RecordedStep& step : build.steps) steps.push_back(json_of(step, options));
    return {{"id", build.id},
            {"builder", build.version},
            {"started", started_text(build.started_us)},
            {"took", build.took_us},
            {"file", build.subject.file},
            {"context", build.subject.context},
            {"target", build.subject.target},
            {"platform", build.subject.platform},
            {"image", build.image},
            {"names", build.names},
            {"error", build.error},
            {"steps", std::move(steps)}};
}

/// Layers of the image, bottom first, each with what made it.
ordered_json json_of(const FileStack& stack, const LayerFiles& files, const ReportOptions& options) {
    ordered_json layers = ordered_json::array();
    for (std::size_t i = 0; i < stack.layers.size(); ++i) {
        const StackedLayer& layer = stack.layers[i];
        std::string made_by;
        if (layer.history && *layer.history < stack.config.history.size())
            made_by = instruction_of(stack.config.history[*layer.history].created_by);
        layers.push_back({{"diffId", layer.diff_id ? layer.diff_id->text() : ""},
                          {"bytes", layer.tar_bytes},
                          {"wasted", files.wasted_bytes[i]},
                          {"madeBy", options.shows_values ? made_by : without_values(made_by)}});
    }
    return layers;
}

/// Short, for there may be very many: path, type and mode, bytes, layers, hidden bytes, 1 where it is deleted.
ordered_json json_of(const std::vector<LayeredFile>& files) {
    ordered_json list = ordered_json::array();
    for (const LayeredFile& file : files)
        list.push_back({file.path, file.mode, file.bytes, file.layers, file.hidden_bytes, file.is_deleted ? 1 : 0});
    return list;
}

std::optional<FileStack> stack_of(layers::Store& store, const BuildRecord& build) {
    if (build.image.empty()) return std::nullopt;
    const auto image = store.images().find(layers::Digest::parse(build.image));
    if (!image) return std::nullopt;
    return stack_of_image(store, *image, build.names.empty() ? build.image : build.names.front());
}

ordered_json differences(const FileStack& before, const FileStack& now) {
    ordered_json list = ordered_json::array();
    static constexpr const char* kinds[] = {"added", "changed", "deleted"};
    compare_trees(before, now, false, [&](const FileDifference& one) {
        if (list.size() >= most_differences) return;
        const auto size = [](const std::optional<struct stat>& status) { return status ? status->st_size : 0; };
        list.push_back({{"kind", kinds[static_cast<std::size_t>(one.kind)]},
                        {"path", one.path},
                        {"what", one.what.words()},
                        {"before", size(one.before)},
                        {"now", size(one.after)}});
    });
    return list;
}

/// "NAME=value" from a place on, values with quotes and escapes: the end of the value.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    char quote = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\\' && quote != '\'')
            ++at;
        else if (quote != 0)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == ' ' || c == '\t' || c == '\n')
            return at;
    }
    return std::min(at, text.size());
}

}  // namespace

std::string without_values(const std::string& instruction) {
    // The history of a RUN begins with the arguments that it saw: "|1 NAME=value /bin/sh -c …".
    constexpr std::string_view shell = "/bin/sh -c ";
    if (instruction.starts_with("|"))
        if (const std::size_t begin = instruction.find(shell); begin != std::string::npos)
            return "RUN " + instruction.substr(begin + shell.size());
    const std::size_t words = std::min(instruction.find_first_of(" \t"), instruction.size());
    const std::string keyword = to_upper(instruction.substr(0, words));
    if (keyword != "ARG" && keyword != "ENV") return instruction;
    std::string result = instruction.substr(0, words);
    std::size_t at = words;
    while ((at = instruction.find_first_not_of(" \t\n\\", at)) != std::string::npos) {
        const std::size_t name_end = std::min(instruction.find_first_of("= \t\n", at), instruction.size());
        result += " " + instruction.substr(at, name_end - at);
        at = name_end;
        if (name_end < instruction.size() && instruction[name_end] == '=') {
            result += "=…";
            at = end_of_value(instruction, name_end + 1);
        } else if (keyword == "ENV") {
            return result + " …";  // "ENV NAME all of the rest"
        }
    }
    return result;
}

ordered_json report_data(layers::Store& store, const BuildRecord& build, const std::optional<BuildRecord>& before,
                         const ReportOptions& options) {
    ordered_json data = {{"build", json_of(build, options)},
                         {"previous", nullptr},
                         {"layers", ordered_json::array()},
                         {"files", ordered_json::array()},
                         {"differences", nullptr}};
    if (before) data["previous"] = json_of(*before, options);
    const auto stack = stack_of(store, build);
    if (!stack) return data;
    const LayerFiles files = files_of_layers(*stack);
    data["layers"] = json_of(*stack, files, options);
    data["files"] = json_of(files.files);
    const auto stack_before = before ? stack_of(store, *before) : std::nullopt;
    if (stack_before) data["differences"] = differences(*stack_before, *stack);
    return data;
}

}  // namespace builder
