#include "builder/engine/run/stage_run.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <set>

#include "builder/engine/record/history_text.hpp"
#include "builder/engine/record/step_key.hpp"
#include "builder/engine/record/step_message.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/copy_step.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/syntax/heredocs.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/source_text.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;
using Clock = std::chrono::steady_clock;

/// The line, and the beginning of each here-document: "RUN <<EOF (set -e...)".
std::string shown_line(const Instruction& instruction) {
    const std::vector<Heredoc>& documents = heredocs_of(instruction);
    if (documents.empty()) return one_line(instruction.original);
    std::string text = instruction.original.substr(0, instruction.original.find('\n'));
    for (const Heredoc& document : documents) text += " (" + summary_of(document) + ")";
    return one_line(text);
}

/// What this thread uses from the meter's making on.
class UseMeter {
public:
    StepUse read(const runtime::ResourceUse& container) const {
        const runtime::ResourceUse now = runtime::use_of_this_thread();
        StepUse use{container, Clock::now() - started_};
        use.resources.user_microseconds += now.user_microseconds - before_.user_microseconds;
        use.resources.system_microseconds += now.system_microseconds - before_.system_microseconds;
        use.resources.blocks_read += now.blocks_read - before_.blocks_read;
        use.resources.blocks_written += now.blocks_written - before_.blocks_written;
        return use;
    }

private:
    runtime::ResourceUse before_ = runtime::use_of_this_thread();
    Clock::time_point started_ = Clock::now();
};

}  // namespace

StageRun::StageRun(StepEnvironment& environment, const BuildPlan& plan, const StagePlan& stage, StageState base)
    : environment_(environment),
      plan_(plan),
      stage_(stage),
      state_(std::move(base)),
      so_far_(beginning_of(plan, stage, state_)),
      total_(1 + stage.instructions.size() + state_.config.config.on_build.size()) {}

StageSoFar StageRun::beginning_of(const BuildPlan& plan, const StagePlan& stage, const StageState& base) {
    if (stage.base == StagePlan::Base::stage) return {0, plan.stages[stage.base_stage].label(), ""};
    if (stage.base == StagePlan::Base::context) return {0, stage.context, ""};
    return {0, stage.base_image, base.base_image ? base.base_image->text() : ""};
}

StageState StageRun::run() {
    if (stage_.base == StagePlan::Base::context) run_context();
    run_triggers();
    for (const Instruction* instruction : stage_.instructions) run_placed(*instruction, instruction->location);
    return std::move(state_);
}

/// An error says where the instruction stands, and which step it is.
void StageRun::run_placed(const Instruction& instruction, const Location& location) {
    try {
        run_instruction(instruction, location);
    } catch (StepFailed& error) {
        error.at(plan_.tree.source->place(location));
        throw with_step(error, instruction, error.kind());
    } catch (Error& error) {
        error.at(plan_.tree.source->place(location));
        throw with_step(error, instruction);
    }
}

/// A stage on a context of files begins with all of them.
void StageRun::run_context() {
    CopyInstruction everything;
    everything.from = stage_.context;
    everything.sources = {"/"};
    everything.destination = "/";
    const StepLabel label{stage_.index, stage_.label(), 1, total_, stage_.from->original, stage_.from->location.line};
    environment_.observer.step_started(label);
    try {
        run_copy(everything, label);
    } catch (Error& error) {
        environment_.observer.step_failed(label);
        error.at(plan_.tree.source->place(stage_.from->location));
        throw;
    }
}

/// What the base image left for those who build on it.
void StageRun::run_triggers() {
    const std::vector<std::string> triggers = std::exchange(state_.config.config.on_build, {});
    for (const std::string& trigger : triggers) {
        try {
            run_placed(parse_trigger(trigger), stage_.from->location);
        } catch (Error& error) {
            error.with_hint(fmt::format("the base image has the trigger {}", quoted(trigger)));
            throw;
        }
    }
}

void StageRun::run_instruction(const Instruction& instruction, const Location& location) {
    environment_.stop.throw_if_stopped();
    const StepLabel label{stage_.index, stage_.label(), next_number_++, total_, shown_line(instruction), location.line};
    environment_.observer.step_started(label);
    const UseMeter meter;
    container_use_ = {};
    step_was_cached_ = record_was_too_old_ = false;
    try {
        dispatch(instruction, label);
        keep_image(label);
    } catch (const Error&) {
        environment_.observer.step_failed(label);
        environment_.observer.step_used(label, meter.read(container_use_));
        throw;
    }
    environment_.observer.step_used(label, meter.read(container_use_));
}

void StageRun::finish_config(std::string history, const StepLabel& label) {
    add_history(state_, std::move(history), true);
    environment_.observer.step_finished(label, {StepOutcome::configured});
}

/// With --layers each step leaves an image. That of the target's last step is the image of the build, which is made
/// later.
void StageRun::keep_image(const StepLabel& label) {
    if (!environment_.keep_image) return;
    auto& history = state_.config.history;
    if (history.size() > state_.image_history) history.back().author = state_.config.author;
    if (stage_.index == plan_.target && label.number == label.total) return;
    const KeptImage kept = environment_.keep_image(state_);
    // The next image stands on this one, so that it says the same of its steps.
    for (layers::oci::HistoryEntry& entry : history)
        if (entry.created.empty()) entry.created = kept.created;
    environment_.observer.step_kept(label, kept.id, step_was_cached_ || kept.was_known);
}

void StageRun::dispatch(const Instruction& instruction, const StepLabel& label) {
    if (const auto* const run = std::get_if<RunInstruction>(&instruction.body))
        return run_command(*run, instruction, label);
    if (const auto* const copy = std::get_if<CopyInstruction>(&instruction.body)) return run_copy(*copy, label);
    if (const auto* const workdir = std::get_if<WorkdirInstruction>(&instruction.body))
        return run_workdir(*workdir, history_of_line(instruction), label);
    if (const auto* const volume = std::get_if<VolumeInstruction>(&instruction.body))
        return run_volume(*volume, history_of_line(instruction), label);
    if (const auto* const arguments = std::get_if<ArgInstruction>(&instruction.body)) {
        apply_arg(*arguments);
        return finish_config(history_of_arguments(state_), label);
    }
    if (!apply_to_config(state_, instruction, plan_.tree.escape))
        throw Error("{} cannot stand here", instruction.keyword);
    finish_config(history_of_line(instruction), label);
}

void StageRun::apply_arg(const ArgInstruction& arguments) {
    for (const ArgDeclaration& argument : arguments.declarations) {
        std::optional<std::string> value;
        const auto given = environment_.policy.build_arguments.find(argument.name);
        if (given != environment_.policy.build_arguments.end())
            value = given->second;
        else if (argument.default_value)
            value = expand_in_stage(state_, *argument.default_value, plan_.tree.escape);
        else
            value = plan_.global_arguments.get(argument.name);
        if (value) state_.variables.set_argument(argument.name, *value);
        auto& names = state_.argument_names;
        if (std::find(names.begin(), names.end(), argument.name) == names.end() && !is_proxy_argument(argument.name))
            names.push_back(argument.name);
    }
}

/// A volume that the image lacks is made by the next RUN, so that commands can use it. With --compat-volumes it exists
/// from here on, for nothing that a command makes of it will be kept.
void StageRun::run_volume(const VolumeInstruction& volume, std::string history, const StepLabel& label) {
    const std::set<std::string> before = state_.config.config.volumes;
    apply_volume(state_, volume, plan_.tree.escape);
    if (!environment_.policy.discards_volume_changes) {
        for (const std::string& path : state_.config.config.volumes)
            if (!before.contains(path)) state_.volumes_to_make.push_back(path);
        return finish_config(std::move(history), label);
    }
    const overlay::LayeredView& view = state_.view();
    std::vector<std::string> missing;
    for (const std::string& path : state_.config.config.volumes)
        if (!view.resolve(path).entry) missing.push_back(path);
    if (missing.empty()) return finish_config(std::move(history), label);
    KeyBuilder key(state_.files_key, "VOLUME");
    for (const std::string& path : missing) key.add("path", path);
    add_times(key, environment_.policy.times);
    LayerStep step{key.finish(), history, {}};
    step.make = [&](layers::StagedLayer& staged) {
        overlay::UpperFolder upper(staged.diff_path(), view);
        for (const std::string& path : missing) upper.open_folder(view.resolve(path).path, {0755, 0, 0});
    };
    run_layer(step, label);
}

void StageRun::run_workdir(const WorkdirInstruction& workdir, std::string history, const StepLabel& label) {
    const std::string path = apply_workdir(state_, workdir, plan_.tree.escape);
    const overlay::LayeredView& view = state_.view();
    const overlay::ResolvedPath place = view.resolve(path);
    if (place.entry) {
        if (!place.entry->is_folder()) throw Error("WORKDIR {} is not a folder in the image", quoted(path));
        return finish_config(std::move(history), label);
    }
    KeyBuilder key(state_.files_key, "WORKDIR");
    key.add("path", path).add("user", state_.config.config.user);
    add_times(key, environment_.policy.times);
    LayerStep step{key.finish(), std::move(history), {}};
    step.make = [&](layers::StagedLayer& staged) {
        const runtime::Owner owner = find_owner(state_.config.config.user, view);
        overlay::UpperFolder upper(staged.diff_path(), view);
        upper.open_folder(place.path, {0755, owner.uid, owner.gid});
    };
    run_layer(step, label);
}

void StageRun::run_copy(const CopyInstruction& copy, const StepLabel& label) {
    CopyStep copying(environment_, state_, copy, stage_.index);
    LayerStep step{copying.key(), history_of_copy(copy, copying.content()),
                   [&](layers::StagedLayer& staged) { copying.perform(staged); }, copying.read_trees()};
    run_layer(step, label);
}

}  // namespace builder
