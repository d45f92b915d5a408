#include "builder/plan/build_plan.hpp"

#include "builder/syntax/stage_names.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

}  // namespace

std::optional<std::size_t> find_source_stage(const BuildPlan& plan, const std::string& name, std::size_t current) {
    const std::string context = context_name(name);
    if (const auto stage = plan.context_stages.find(context); stage != plan.context_stages.end()) return stage->second;
    if (plan.contexts.contains(context)) return std::nullopt;
    return find_stage(plan.stages, name, current);
}

std::optional<std::size_t> find_stage(const std::vector<StagePlan>& stages, const std::string& name,
                                      std::size_t current) {
    const std::string wanted = to_lower(name);
    std::optional<std::size_t> found;
    for (const StagePlan& stage : stages) {
        const bool matches = (!stage.name.empty() && stage.name == wanted) || std::to_string(stage.index) == wanted;
        if (!matches) continue;
        // Of several stages with one name the last one before the current stage counts.
        if (stage.index < current)
            found = stage.index;
        else if (!found)
            throw Error("stage {} cannot be used here: it is {}", quoted(name),
                        stage.index == current ? "this stage itself" : "defined later in the file")
                .with_hint("stages can depend only on stages above them");
    }
    const bool is_number = !wanted.empty() && wanted.find_first_not_of("0123456789") == std::string::npos;
    if (!found && is_number) throw Error("there is no stage {}", quoted(name)).with_hint("stages count from 0");
    return found;
}

std::vector<std::string> find_unused_arguments(const BuildPlan& plan, const std::map<std::string, std::string>& given) {
    std::set<std::string> declared;
    for (const Instruction& instruction : plan.tree.instructions)
        if (const auto* arguments = std::get_if<ArgInstruction>(&instruction.body))
            for (const ArgDeclaration& argument : arguments->declarations) declared.insert(argument.name);
    std::vector<std::string> unused;
    for (const auto& [name, value] : given)
        if (!declared.contains(name) && !is_predefined_argument(name)) unused.push_back(name);
    return unused;
}

}  // namespace builder
