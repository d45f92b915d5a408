#include "builder/engine/record/rerun_reasons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

using layers::KeyInput;

/// So many builds back a step is looked for: one that failed early, or was for another target, has not reached it.
constexpr std::size_t most_builds = 10;

std::string keyword_of(const std::string& text) {
    return text.substr(0, text.find_first_of(" \t"));
}

std::size_t shared_inputs(const std::vector<KeyInput>& left, const std::vector<KeyInput>& right) {
    std::multiset<std::pair<std::string_view, std::string_view>> known;
    for (const KeyInput& input : left) known.emplace(input.name, input.value);
    std::size_t shared = 0;
    for (const KeyInput& input : right) {
        const auto found = known.find({input.name, input.value});
        if (found == known.end()) continue;
        known.erase(found);
        ++shared;
    }
    return shared;
}

/// A step that differs in one input is as near as one that runs again usually comes.
bool is_nearest(std::size_t shared, const StepKey& key) {
    return shared + 1 >= key.inputs.size();
}

/// How an ID is shown beside another one.
std::string shortened(const std::string& id) {
    constexpr std::size_t shown = 19;  // "sha256:" and 12 digits
    return id.substr(0, shown);
}

/// The files below are others: a step before this one ran, or the stage begins with something else.
StepReason reason_below(const BuildRecord* before, const StepLabel& step, const StageSoFar& stage) {
    if (stage.last_run_step != 0) return {fmt::format("step {} ran", stage.last_run_step)};
    if (before == nullptr) return {"the files below changed"};
    for (const RecordedStep& one : before->steps) {
        if (one.label.stage_name != step.stage_name || one.base_name.empty()) continue;
        if (one.base_name != stage.base_name)
            return {"the stage begins with something else", one.base_name, stage.base_name};
        if (one.base_id != stage.base_id)
            return {fmt::format("the base image {} changed", stage.base_name), shortened(one.base_id),
                    shortened(stage.base_id)};
        if (stage.base_id.empty() && stage.base_name != "scratch")
            return {fmt::format("the stage {} changed", stage.base_name)};
    }
    return {"the steps before it are others"};
}

}  // namespace

/// Nothing where there are not so many. The lock is held.
BuildRecord* RerunReasons::build_before(std::size_t age) {
    const layers::BuildFiles builds(store_.location());
    if (!is_listed_) {
        files_ = builds.list();
        std::erase_if(files_, [&](const layers::BuildFile& file) { return file.subject != subject_; });
        is_listed_ = true;
        // What was handed out stays where it is.
        builds_.reserve(most_builds);
    }
    while (builds_.size() <= age && builds_.size() < most_builds && builds_.size() < files_.size()) {
        BuildRecord record;
        try {
            record = read_record(builds, files_[builds_.size()]).value_or(BuildRecord{});
        } catch (const runtime::Error& error) {
            runtime::log_debug("{}", error.full_message());
        }
        builds_.push_back(std::move(record));
    }
    return age < builds_.size() ? &builds_[age] : nullptr;
}

/// Asked of the cache once for each step. Empty where it has forgotten them.
const std::vector<KeyInput>& RerunReasons::inputs_of(RecordedStep& step) {
    if (step.inputs.empty()) step.inputs = store_.step_records().inputs_of_key(layers::Digest::parse(step.key));
    return step.inputs;
}

/// Of a build. That at the same number is looked at first: if all but one input are shared, none is nearer.
std::optional<RerunReasons::Before> RerunReasons::find_in(BuildRecord& build, const StepLabel& step,
                                                          const StepKey& key) {
    std::vector<RecordedStep*> candidates;
    for (RecordedStep& one : build.steps)
        if (one.makes_layer() && one.label.stage_name == step.stage_name &&
            keyword_of(one.label.text) == keyword_of(step.text))
            candidates.push_back(&one);
    const auto distance = [&](const RecordedStep* one) {
        return std::max(one->label.number, step.number) - std::min(one->label.number, step.number);
    };
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](const auto* left, const auto* right) { return distance(left) < distance(right); });
    std::optional<Before> best;
    for (RecordedStep* const one : candidates) {
        const std::vector<KeyInput>& inputs = inputs_of(*one);
        if (inputs.empty()) continue;
        const std::size_t shared = shared_inputs(inputs, key.inputs);
        if (!best || shared > best->shared) best = Before{inputs, &build, shared};
        if (is_nearest(best->shared, key)) break;
    }
    return best;
}

std::optional<RerunReasons::Before> RerunReasons::find_before(const StepLabel& step, const StepKey& key) {
    std::optional<Before> best;
    for (std::size_t age = 0; BuildRecord* const build = build_before(age); ++age) {
        auto found = find_in(*build, step, key);
        // Of several that are as near, the newest.
        if (found && (!best || found->shared > best->shared)) best = std::move(found);
        if (best && is_nearest(best->shared, key)) return best;
    }
    if (best) return best;
    std::vector<KeyInput> inputs = store_.step_records().inputs_of(key.step);
    if (inputs.empty()) return std::nullopt;
    return Before{std::move(inputs)};
}

/// Which file of a tree, where both lists of it are there.
StepReason RerunReasons::file_in(const std::string& input, const std::string& before, const std::string& now,
                                 const std::vector<ReadTree>& trees) const {
    const StepReason whole{input + " changed"};
    const auto tree = std::find_if(trees.begin(), trees.end(), [&](const ReadTree& one) { return one.input == input; });
    if (tree == trees.end()) return whole;
    const layers::BuildFiles builds(store_.location());
    const auto list = builds.load_tree(before);
    if (!list) return whole;
    return first_difference(*list, builds.load_tree(now).value_or("")).value_or(whole);
}

StepReason RerunReasons::explain(const Before& before, const StepLabel& step, const StepKey& key,
                                 const StageSoFar& stage, const std::vector<ReadTree>& trees) {
    const InputDifference difference = first_difference(before.inputs, key.inputs);
    if (difference.kind == InputDifference::Kind::none) {
        const bool is_known = !store_.step_records().inputs_of_key(key.key).empty();
        return {is_known ? "the files below are of another run" : "the cache has its record no more"};
    }
    if (difference.name == "parent") return reason_below(before.build, step, stage);
    if (difference.kind == InputDifference::Kind::changed)
        return file_in(difference.name, difference.before, difference.now, trees);
    return {difference.name + (difference.kind == InputDifference::Kind::added ? " is new" : " is gone")};
}

void RerunReasons::keep(const StepKey& key, const std::vector<ReadTree>& trees) const {
    const layers::BuildFiles builds(store_.location());
    for (const ReadTree& tree : trees)
        for (const KeyInput& input : key.inputs)
            if (input.name == tree.input && !builds.has_tree(input.value)) builds.save_tree(input.value, list_of(tree));
}

StepReason RerunReasons::why(const StepLabel& step, const StepKey& key, const StageSoFar& stage,
                             const std::vector<ReadTree>& trees) {
    try {
        const std::lock_guard lock(mutex_);
        const auto before = find_before(step, key);
        return before ? explain(*before, step, key, stage, trees) : StepReason{};
    } catch (const runtime::Error& error) {
        runtime::log_debug("why the step runs cannot be told: {}", error.full_message());
        return {};
    }
}

}  // namespace builder
