#include <algorithm>
#include <functional>
#include <map>

#include "builder/plan/build_plan.hpp"
#include "builder/syntax/expand.hpp"
#include "builder/syntax/mount_options.hpp"
#include "builder/syntax/source_text.hpp"
#include "builder/syntax/stage_names.hpp"
#include "builder/syntax/suggest.hpp"
#include "builder/syntax/unicode.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

/// As people write it, for the line that is shown.
std::string double_quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) result += (c == '"' || c == '\\' ? std::string("\\") : std::string()) + c;
    return result + "\"";
}

/// A word that means the text whatever is in it.
std::string literal_word(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\"'\"'") : std::string(1, c);
    return result + "'";
}

void start_after(StagePlan& stage, std::size_t other) {
    stage.needs.insert(other);
    stage.starts_after.insert(other);
}

class Planner {
public:
    Planner(BuildPlan& plan, const PlanRequest& request) : plan_(plan), request_(request) {}
    void run();

private:
    void set_platform_arguments();
    void set_global_arguments(const ArgInstruction& arguments);
    void add_stage(const Instruction& instruction);
    std::string stage_name_of(const FromInstruction& from) const;
    std::optional<std::size_t> stage_named(const std::string& image) const;
    std::string source_of_mount(const std::string& mount, const VariableLookup& lookup) const;
    void choose_base(StagePlan& stage, const FromInstruction& from);
    bool start_with_context(StagePlan& stage, const std::string& name);
    void replace_by_context(StagePlan& stage);
    void find_context_stages();
    void refuse_cycles() const;
    void find_needs(StagePlan& stage);
    void find_needs_of_from(StagePlan& stage);
    void find_needs_of(StagePlan& stage, const Instruction& instruction, Variables& variables);
    void need(StagePlan& stage, const std::string& name);
    void choose_target();
    void mark_needed(std::size_t index);
    void add_labels(StagePlan& stage);
    std::string expand_globally(const std::string& text) const;
    [[noreturn]] void fail_at(Error error, const Location& location) const;

    BuildPlan& plan_;
    const PlanRequest& request_;
    std::map<std::size_t, Variables> environments_;  ///< of stages, as far as they are known without base images
};

void Planner::fail_at(Error error, const Location& location) const {
    error.at(plan_.tree.source->place(location));
    throw error;
}

std::string Planner::expand_globally(const std::string& text) const {
    return process_word(
        text, [this](std::string_view name) { return plan_.global_arguments.get(name); }, plan_.tree.escape);
}

void Planner::set_platform_arguments() {
    const auto set = [this](const std::string& prefix, const std::string& text) {
        const layers::Platform platform = layers::parse_platform(text);
        plan_.global_arguments.set(prefix + "PLATFORM", layers::format_platform(platform));
        plan_.global_arguments.set(prefix + "OS", platform.os);
        plan_.global_arguments.set(prefix + "ARCH", platform.architecture);
        plan_.global_arguments.set(prefix + "VARIANT", platform.variant);
    };
    set("BUILD", request_.build_platform);
    set("TARGET", request_.target_platform);
    plan_.global_arguments.set("TARGETSTAGE", request_.target.empty() ? "default" : request_.target);
    for (const auto& [name, value] : request_.build_arguments)
        if (plan_.global_arguments.contains(name)) plan_.global_arguments.set(name, value);
}

void Planner::set_global_arguments(const ArgInstruction& arguments) {
    for (const ArgDeclaration& argument : arguments.declarations) {
        const auto given = request_.build_arguments.find(argument.name);
        if (given != request_.build_arguments.end())
            plan_.global_arguments.set(argument.name, given->second);
        else if (argument.default_value)
            plan_.global_arguments.set(argument.name, expand_globally(*argument.default_value));
    }
}

/// Names may hold the arguments from above the first FROM.
std::string Planner::stage_name_of(const FromInstruction& from) const {
    if (from.stage_name.find('$') == std::string::npos) return from.stage_name;
    const std::string name = to_lower(expand_globally(from.written_stage_name));
    if (is_stage_name(name)) return name;
    throw Error("FROM … AS {}: {} is no name for a stage", from.written_stage_name, quoted(name))
        .with_hint("a name begins with a letter and has letters, digits, '-', '_', '.' and '/'");
}

/// By its name, else as Buildah has it by its number.
std::optional<std::size_t> Planner::stage_named(const std::string& image) const {
    std::optional<std::size_t> found;
    for (const StagePlan& other : plan_.stages)
        if (!other.name.empty() && other.name == to_lower(image)) found = other.index;
    if (found || image.empty() || image.size() > 4) return found;
    if (image.find_first_not_of("0123456789") != std::string::npos) return found;
    const std::size_t number = std::stoul(image);
    return number < plan_.stages.size() ? std::optional(number) : found;
}

void Planner::choose_base(StagePlan& stage, const FromInstruction& from) {
    const bool is_replaced = stage.index == 0 && !request_.first_base.empty();
    const std::string image = is_replaced ? request_.first_base : expand_globally(from.image);
    if (image.empty())
        throw Error(
            "determining starting point for build: no FROM statement found\nthe base image {} is empty after its "
            "variables were expanded",
            quoted(from.image))
            .with_hint("give the ARG before the first FROM a default, or pass it with --build-arg");
    stage.platform = expand_globally(from.platform);
    if (!stage.platform.empty())
        layers::parse_known_platform(stage.platform);
    else if (!from.platform.empty())
        throw Error("FROM --platform={}: the platform is empty after its variables were expanded", from.platform)
            .with_hint("declare the variable with ARG before the first FROM, and give it a value");
    stage.base_image = image;
    if (start_with_context(stage, image)) {
        // The context is all there is to say.
    } else if (image == "scratch") {
        stage.base = StagePlan::Base::scratch;
    } else {
        const auto other = stage_named(image);
        stage.base = other ? StagePlan::Base::stage : StagePlan::Base::image;
        stage.base_stage = other.value_or(stage.base_stage);
    }
    if (stage.base == StagePlan::Base::stage) start_after(stage, stage.base_stage);
}

/// The stages that contexts stand for are known only when all stages are.
bool Planner::start_with_context(StagePlan& stage, const std::string& name) {
    const auto found = request_.named_contexts.find(context_name(name));
    if (found == request_.named_contexts.end()) return false;
    stage.context = found->first;
    if (found->second.kind == ContextLocation::Kind::image) {
        stage.base = StagePlan::Base::image;
        stage.base_image = found->second.text;
    } else {
        stage.base = StagePlan::Base::context;
    }
    return true;
}

/// A context with the name of a stage stands in for all of the stage.
void Planner::replace_by_context(StagePlan& stage) {
    const std::string own_name = stage.name;
    if (own_name.empty() || !request_.named_contexts.contains(own_name)) return;
    stage.needs.clear();
    stage.starts_after.clear();
    stage.instructions.clear();
    start_with_context(stage, own_name);
}

void Planner::find_context_stages() {
    for (const auto& [name, location] : request_.named_contexts) {
        if (location.kind != ContextLocation::Kind::stage) {
            plan_.contexts.emplace(name, location);
            continue;
        }
        const auto found = find_stage(plan_.stages, location.text, plan_.stages.size());
        if (!found)
            throw Error("--build-context {}=target:{}: there is no such stage", name, location.text)
                .with_hint("the name behind target: is that of a stage of the Containerfile");
        plan_.context_stages.emplace(name, *found);
    }
    for (StagePlan& stage : plan_.stages) {
        const auto found = plan_.context_stages.find(stage.context);
        if (stage.context.empty() || found == plan_.context_stages.end()) continue;
        stage.base = StagePlan::Base::stage;
        stage.base_stage = found->second;
        start_after(stage, found->second);
    }
}

/// Only contexts that stand for stages can make a circle.
void Planner::refuse_cycles() const {
    enum class Mark { unseen, open, done };
    std::vector<Mark> marks(plan_.stages.size(), Mark::unseen);
    const std::function<void(std::size_t)> visit = [&](std::size_t index) {
        if (marks[index] == Mark::open)
            throw Error("stage {} needs itself, by way of --build-context", quoted(plan_.stages[index].label()));
        if (marks[index] == Mark::done) return;
        marks[index] = Mark::open;
        for (const std::size_t needed : plan_.stages[index].needs) visit(needed);
        marks[index] = Mark::done;
    };
    for (const StagePlan& stage : plan_.stages) visit(stage.index);
}

void Planner::add_stage(const Instruction& instruction) {
    const auto& from = std::get<FromInstruction>(instruction.body);
    StagePlan stage;
    stage.index = plan_.stages.size();
    stage.from = &instruction;
    try {
        stage.name = stage_name_of(from);
        // What a stage knows is kept till the end of a build, and each that stands on another knows all of that one.
        constexpr std::size_t most_stages = 1000;
        if (stage.index == most_stages) throw Error("there are more than {} stages", most_stages);
        choose_base(stage, from);
    } catch (Error& error) {
        error.at(plan_.tree.source->place(instruction.location));
        throw;
    }
    plan_.stages.push_back(std::move(stage));
}

void Planner::need(StagePlan& stage, const std::string& name) {
    if (name.empty()) return;
    if (const auto found = find_source_stage(plan_, name, stage.index))
        stage.needs.insert(*found);
    else if (!request_.named_contexts.contains(context_name(name)))
        stage.images.insert(name);
}

/// What a mount is taken from. Options may come out of the environment of a base image: where not all variables are
/// known yet, the step judges them when it runs.
std::string Planner::source_of_mount(const std::string& mount, const VariableLookup& lookup) const {
    VariableUse use;
    const std::string text = process_word(mount, lookup, plan_.tree.escape, &use);
    try {
        return parse_mount(text).from;
    } catch (const Error&) {
        if (use.unset.empty()) throw;
        return "";
    }
}

/// --from may hold variables: those that are known without the base image are expanded.
void Planner::find_needs_of(StagePlan& stage, const Instruction& instruction, Variables& variables) {
    const auto lookup = [&](std::string_view name) { return variables.get(name); };
    if (const auto* arguments = std::get_if<ArgInstruction>(&instruction.body)) {
        for (const ArgDeclaration& argument : arguments->declarations) {
            const auto given = request_.build_arguments.find(argument.name);
            if (given != request_.build_arguments.end())
                variables.set_argument(argument.name, given->second);
            else if (argument.default_value)
                variables.set_argument(argument.name, process_word(*argument.default_value, lookup, plan_.tree.escape));
            else if (const auto global = plan_.global_arguments.get(argument.name))
                variables.set_argument(argument.name, *global);
        }
    } else if (const auto* environment = std::get_if<EnvInstruction>(&instruction.body)) {
        for (const KeyValue& pair : environment->values)
            variables.set(pair.key, process_word(pair.value, lookup, plan_.tree.escape));
    } else if (const auto* copy = std::get_if<CopyInstruction>(&instruction.body)) {
        if (!copy->from.empty()) need(stage, process_word(copy->from, lookup, plan_.tree.escape));
    } else if (const auto* run = std::get_if<RunInstruction>(&instruction.body)) {
        for (const std::string& mount : run->mounts) need(stage, source_of_mount(mount, lookup));
    }
}

/// FROM --after=STAGE waits for a stage whose files this one does not take.
void Planner::find_needs_of_from(StagePlan& stage) {
    for (const std::string& written : std::get<FromInstruction>(stage.from->body).after) {
        const std::string name = expand_globally(written);
        const auto found = find_source_stage(plan_, name, stage.index);
        if (!found)
            fail_at(Error("FROM --after={}: there is no such stage", name)
                        .with_hint("it takes the name or the number of a stage above"),
                    stage.from->location);
        start_after(stage, *found);
    }
}

void Planner::find_needs(StagePlan& stage) {
    Variables variables = stage.base == StagePlan::Base::stage && environments_.contains(stage.base_stage)
                              ? environments_.at(stage.base_stage)
                              : Variables::from_environment(request_.environment);
    find_needs_of_from(stage);
    for (const Instruction* instruction : stage.instructions) {
        try {
            find_needs_of(stage, *instruction, variables);
        } catch (Error& error) {
            error.at(plan_.tree.source->place(instruction->location));
            throw;
        }
    }
    environments_[stage.index] = variables.only_environment();
}

void Planner::choose_target() {
    if (request_.target.empty()) {
        plan_.target = plan_.stages.size() - 1;
        return;
    }
    const std::string wanted = to_lower(request_.target);
    std::vector<std::string> names;
    for (const StagePlan& stage : plan_.stages) {
        if (stage.name == wanted || std::to_string(stage.index) == wanted) {
            plan_.target = stage.index;
            return;
        }
        if (!stage.name.empty()) names.push_back(stage.name);
    }
    Error error("the target \"{}\" was not found in the provided Dockerfile\nthere is no stage {} in {}",
                request_.target, quoted(request_.target), quoted(plan_.tree.source->name()));
    error.with_hint(did_you_mean(wanted, std::vector<std::string_view>(names.begin(), names.end())));
    if (!names.empty()) error.with_hint(fmt::format("the stages are {}", fmt::join(names, ", ")));
    throw error;
}

void Planner::mark_needed(std::size_t index) {
    StagePlan& stage = plan_.stages[index];
    if (stage.is_needed) return;
    stage.is_needed = true;
    for (const std::size_t other : stage.needs) mark_needed(other);
}

/// --label is a LABEL behind the target's last step. Its values are taken as they are.
void Planner::add_labels(StagePlan& stage) {
    auto step = std::make_unique<Instruction>();
    step->keyword = step->written_keyword = step->original = "LABEL";
    step->location = stage.from->location;
    LabelInstruction label;
    for (const auto& [name, value] : request_.labels) {
        step->original += fmt::format(" {}={}", double_quoted(name), double_quoted(value));
        label.values.push_back({literal_word(name), literal_word(value), false, step->location});
    }
    step->body = std::move(label);
    stage.instructions.push_back(step.get());
    plan_.added.push_back(std::move(step));
}

void Planner::run() {
    set_platform_arguments();
    for (const Instruction& instruction : plan_.tree.instructions) {
        if (std::holds_alternative<FromInstruction>(instruction.body))
            add_stage(instruction);
        else if (!plan_.stages.empty())
            plan_.stages.back().instructions.push_back(&instruction);
        else
            try {
                set_global_arguments(std::get<ArgInstruction>(instruction.body));
            } catch (Error& error) {
                fail_at(std::move(error), instruction.location);
            }
    }
    for (StagePlan& stage : plan_.stages) replace_by_context(stage);
    find_context_stages();
    for (StagePlan& stage : plan_.stages) find_needs(stage);
    if (!plan_.context_stages.empty()) refuse_cycles();
    choose_target();
    mark_needed(plan_.target);
    if (!request_.labels.empty()) add_labels(plan_.stages[plan_.target]);
    if (!request_.skip_unused_stages)
        for (StagePlan& stage : plan_.stages)
            if (stage.index < plan_.target) mark_needed(stage.index);
}

}  // namespace

BuildPlan make_plan(SyntaxTree tree, const PlanRequest& request) {
    BuildPlan plan;
    plan.tree = std::move(tree);
    Planner(plan, request).run();
    return plan;
}

}  // namespace builder
