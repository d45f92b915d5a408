#include "builder/engine/run/stage_base.hpp"

#include "builder/steps/config_step.hpp"
#include "builder/syntax/suggest.hpp"
#include "runtime/base/text.hpp"

namespace builder {

using runtime::Error;

std::string shown_from(const StagePlan& stage) {
    const auto& from = std::get<FromInstruction>(stage.from->body);
    std::string text = "FROM ";
    if (!stage.platform.empty()) text += "--platform=" + stage.platform + " ";
    constexpr std::string_view of_registry = "docker://";
    // A context that stands for the image names it otherwise.
    const bool is_written = from.image.starts_with(of_registry) || !stage.base_image.starts_with(of_registry);
    text += stage.base_image.substr(is_written ? 0 : of_registry.size());
    if (!from.written_stage_name.empty()) text += " AS " + from.written_stage_name;
    return text;
}

Error with_nearest_stage(const Error& error, const std::vector<StagePlan>& stages, const std::string& name,
                         std::size_t current) {
    std::vector<std::string_view> names;
    for (const StagePlan& stage : stages)
        if (stage.index < current && !stage.name.empty()) names.push_back(stage.name);
    const std::string hint = did_you_mean(name, names);
    if (hint.empty()) return error;
    Error better("{}", error.full_message());
    better.with_hint(hint).with_exit_code(error.exit_code());
    if (error.place()) better.at(*error.place());
    return better;
}

void inherit(const Inheritance& inheritance, StageState& state) {
    auto& labels = state.config.config.labels;
    if (!inheritance.labels) labels.clear();
    if (!inheritance.annotations) state.annotations.clear();
    for (const std::string& name : inheritance.unset_labels) labels.erase(name);
    for (const std::string& name : inheritance.unset_annotations) state.annotations.erase(name);
    for (const std::string& text : inheritance.environment) {
        const auto [name, value] = runtime::split_once(text, '=');
        set_variable(state, std::string(name), std::string(value));
    }
}

}  // namespace builder
