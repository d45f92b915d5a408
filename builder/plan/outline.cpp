#include "builder/plan/outline.hpp"

#include <algorithm>

#include "builder/syntax/expand.hpp"
#include "builder/syntax/mount_options.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// What the comment says of a name that stands at its beginning.
std::string description_of(const Instruction& instruction, const std::string& name) {
    if (name.empty()) return "";
    for (const std::string& comment : instruction.comments) {
        if (comment.starts_with(name + " ")) return comment.substr(name.size() + 1);
    }
    return "";
}

std::string written_name(const StagePlan& stage) {
    return std::get<FromInstruction>(stage.from->body).written_stage_name;
}

class OutlineMaker {
public:
    OutlineMaker(const BuildPlan& plan, const PlanRequest& request) : plan_(plan), request_(request) {}

    Outline make() {
        const StagePlan& target = plan_.stages[plan_.target];
        outline_.target = target.name;
        outline_.description = stage_description(target);
        visit(plan_.target);
        for (const std::size_t index : visited_) read_stage(plan_.stages[index]);
        read_global_arguments();
        const auto in_file_order = [](const auto& left, const auto& right) {
            return left.location.line < right.location.line;
        };
        std::stable_sort(outline_.arguments.begin(), outline_.arguments.end(), in_file_order);
        return std::move(outline_);
    }

private:
    void visit(std::size_t index) {
        if (!visited_.insert(index).second) return;
        for (const std::size_t other : plan_.stages[index].needs) visit(other);
    }

    VariableLookup lookup_in(const Variables& variables) const {
        return [&variables](std::string_view name) { return variables.get(name); };
    }

    std::string expanded(const std::string& text, const Variables& variables) const {
        return process_word(text, lookup_in(variables), plan_.tree.escape);
    }

    void read_stage(const StagePlan& stage) {
        note_uses(std::get<FromInstruction>(stage.from->body).image);
        note_uses(std::get<FromInstruction>(stage.from->body).platform);
        Variables variables;
        for (const Instruction* instruction : stage.instructions) {
            if (const auto* arguments = std::get_if<ArgInstruction>(&instruction->body)) {
                for (const ArgDeclaration& argument : arguments->declarations)
                    read_argument(argument, *instruction, variables);
            } else if (const auto* environment = std::get_if<EnvInstruction>(&instruction->body)) {
                for (const KeyValue& pair : environment->values)
                    variables.set(pair.key, expanded(pair.value, variables));
            } else if (const auto* run = std::get_if<RunInstruction>(&instruction->body)) {
                for (const std::string& mount : run->mounts) read_mount(mount, variables, *instruction);
            }
        }
    }

    void read_argument(const ArgDeclaration& argument, const Instruction& instruction, Variables& variables) {
        const auto given = request_.build_arguments.find(argument.name);
        std::optional<std::string> value;
        if (given != request_.build_arguments.end())
            value = given->second;
        else if (argument.default_value)
            value = expanded(*argument.default_value, variables);
        else if (const auto global = plan_.global_arguments.get(argument.name)) {
            // It is the one from above the first FROM, and described there.
            variables.set_argument(argument.name, *global);
            used_globals_.insert(argument.name);
            return;
        }
        if (value) variables.set_argument(argument.name, *value);
        add_argument({argument.name, description_of(instruction, argument.name), value, instruction.location});
    }

    void add_argument(Outline::Argument argument) {
        for (Outline::Argument& known : outline_.arguments) {
            if (known.name != argument.name) continue;
            if (known.description.empty()) known.description = argument.description;
            return;
        }
        outline_.arguments.push_back(std::move(argument));
    }

    void note_uses(const std::string& text) {
        for (const std::string& name : expand(text, lookup_in(plan_.global_arguments)).use.found)
            used_globals_.insert(name);
    }

    /// Those that the stages use, and those that their defaults use.
    void read_global_arguments() {
        std::vector<const Instruction*> declaring;
        for (const Instruction& instruction : plan_.tree.instructions) {
            if (!std::holds_alternative<ArgInstruction>(instruction.body)) break;
            declaring.push_back(&instruction);
        }
        std::reverse(declaring.begin(), declaring.end());
        for (const Instruction* instruction : declaring)
            for (const ArgDeclaration& argument : std::get<ArgInstruction>(instruction->body).declarations) {
                if (!used_globals_.contains(argument.name)) continue;
                if (argument.default_value) note_uses(*argument.default_value);
                add_argument({argument.name, description_of(*instruction, argument.name),
                              plan_.global_arguments.get(argument.name), instruction->location});
            }
    }

    /// Options that come out of a base image are not known here.
    void read_mount(const std::string& text, const Variables& variables, const Instruction& instruction) {
        VariableUse use;
        const std::string expansion = process_word(text, lookup_in(variables), plan_.tree.escape, &use);
        try {
            note_mount(parse_mount(expansion), instruction);
        } catch (const runtime::Error&) {
            if (use.unset.empty()) throw;
        }
    }

    void note_mount(const MountRequest& mount, const Instruction& instruction) {
        const auto add = [&](std::vector<Outline::Mount>& mounts, const std::string& id) {
            for (Outline::Mount& known : mounts) {
                if (known.id != id) continue;
                known.is_required = known.is_required || mount.is_required;
                return;
            }
            mounts.push_back({id, mount.is_required, instruction.location});
        };
        if (mount.type == MountRequest::Type::secret) add(outline_.secrets, mount.id);
        if (mount.type == MountRequest::Type::ssh) add(outline_.agents, mount.id.empty() ? "default" : mount.id);
        if (mount.type == MountRequest::Type::cache) add(outline_.caches, mount.id.empty() ? mount.target : mount.id);
    }

    const BuildPlan& plan_;
    const PlanRequest& request_;
    Outline outline_;
    std::set<std::size_t> visited_;
    std::set<std::string> used_globals_;
};

}  // namespace

std::string stage_description(const StagePlan& stage) {
    const std::string description = description_of(*stage.from, written_name(stage));
    return description.empty() ? description_of(*stage.from, stage.name) : description;
}

Outline make_outline(const BuildPlan& plan, const PlanRequest& request) {
    return OutlineMaker(plan, request).make();
}

}  // namespace builder
