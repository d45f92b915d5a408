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

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    constexpr std::size_t longest = 400;
    if (text.size() > longest) text = text.substr(0, longest) + "…";
    return text;
}

/// The line, and the beginning of each here-document: "RUN <<EOF (set -e...)".
std::string shown_line(const Instruction& instruction) {
    const std::vector<Heredoc>& documents = heredocs_of(instruction);
    if (documents.empty()) return one_line(instruction.original);
    std::string text = instruction.original.substr(0, instruction.original.find('\n'));
    for (const Heredoc& document : documents) text += " (" + summary_of(document) + ")";
    return one_line(text);
}

runtime::NetworkMode network_of(const std::string& text, runtime::NetworkMode otherwise) {
    if (text == "none") return runtime::NetworkMode::none;
    if (text == "host") return runtime::NetworkMode::host;
    return otherwise;
}

std::string tail_of(const std::string& output, std::size_t lines) {
    std::size_t start = output.size();
    if (start > 0 && output.back() == '\n') --start;
    for (; lines > 0 && start != std::string::npos && start > 0; --lines) start = output.rfind('\n', start - 1);
    return start == std::string::npos || start == 0 ? output : output.substr(start + 1);
}

/// The command as it is known to the user: a here-document by its lines, anything else by its text.
std::string command_for_message(const RunInstruction& run, const RunRequest& request, const Instruction& instruction) {
    if (run.command.heredocs.empty()) return "the command " + quoted(one_line(request.arguments.back()));
    const std::string first_line = instruction.original.substr(0, instruction.original.find('\n'));
    const Heredoc& script = run.command.heredocs.front();
    return fmt::format("the here-document of {}, lines {} to {},", quoted(first_line), script.location.line,
                       run.command.heredocs.back().location.last_line);
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
      total_(1 + stage.instructions.size() + state_.config.config.on_build.size()) {}

StageState StageRun::run() {
    if (stage_.base == StagePlan::Base::context) run_context();
    run_triggers();
    for (const Instruction* instruction : stage_.instructions) run_placed(*instruction, instruction->location);
    return std::move(state_);
}

/// An error says where the instruction stands, and which step it is.
void StageRun::run_placed(const Instruction& instruction, const Location& location) {
    try {
        run_instruction(instruction);
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
    const StepLabel label{stage_.index, stage_.label(), 1, total_, stage_.from->original};
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

void StageRun::run_instruction(const Instruction& instruction) {
    environment_.stop.throw_if_stopped();
    const StepLabel label{stage_.index, stage_.label(), next_number_++, total_, shown_line(instruction)};
    environment_.observer.step_started(label);
    const UseMeter meter;
    container_use_ = {};
    step_was_cached_ = false;
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
    environment_.observer.step_finished(label, {StepOutcome::configured, {}, ""});
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
        const auto given = environment_.build_arguments.find(argument.name);
        if (given != environment_.build_arguments.end())
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
    if (!environment_.discards_volume_changes) {
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
    add_times(key, environment_.times);
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
    add_times(key, environment_.times);
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
                   [&](layers::StagedLayer& staged) { copying.perform(staged); }};
    run_layer(step, label);
}

RunRequest StageRun::make_request(const RunInstruction& run) const {
    RunRequest request;
    CommandLine command = run.command;
    if (command.heredocs.size() == 1 && command.is_shell && parse_heredoc_word(command.words.front())) {
        const Heredoc& heredoc = command.heredocs.front();
        if (heredoc.content.starts_with("#!")) {
            request.script_name = heredoc.name;
            request.script_content = heredoc.content;
            command.words = {"/dev/pipes/" + heredoc.name};
        } else {
            command.words = {heredoc.content};
        }
    } else if (!command.heredocs.empty()) {
        for (const Heredoc& heredoc : command.heredocs) command.words.front() += "\n" + heredoc.content + heredoc.name;
    }
    request.arguments = with_shell(state_, command);
    request.environment = state_.variables.as_environment();
    for (const auto& [name, value] : environment_.build_arguments)
        if (is_proxy_argument(name) && !state_.variables.contains(name))
            request.environment.push_back(name + "=" + value);
    if (!state_.variables.contains("PATH")) request.environment.push_back(std::string("PATH=") + default_path);
    request.working_directory = state_.config.config.working_dir.empty() ? "/" : state_.config.config.working_dir;
    request.user = state_.config.config.user;
    request.network = network_of(run.network, environment_.network);
    request.uses_host_network = run.network == "host";
    if (request.uses_host_network && !environment_.allows_host_network)
        throw Error("RUN --network=host would have the network of this machine, which the command line gives no step")
            .with_hint("pass --allow network.host if you trust this file");
    request.lower_folders = state_.lower_folders();
    request.view = &state_.view();
    for (const std::string& volume : state_.volumes_to_make)
        if (!request.view->resolve(volume).entry) request.folders_to_make.push_back(volume);
    request.devices = find_step_devices(run.devices, environment_.device_leave, environment_.cdi_folders);
    request.insecure = run.security == "insecure";
    if (request.insecure && !environment_.allows_insecure)
        throw Error("RUN --security=insecure would run with every capability and no filter")
            .with_hint("pass --allow security.insecure if you trust this file");
    return request;
}

StepKey StageRun::command_key(const RunRequest& request, const RunInstruction& run, const StepMounts& mounts) const {
    KeyBuilder key(state_.files_key, "RUN");
    for (const std::string& word : request.arguments) key.add("command", word);
    key.add("script", request.script_content);
    const layers::oci::ImageConfig& config = state_.config;
    key.add("platform", fmt::format("{}/{}/{}", config.os, config.architecture, config.variant));
    key.add("user", request.user).add("working directory", request.working_directory);
    key.add("network", request.network == runtime::NetworkMode::none ? "none" : "host");
    key.add("security", run.security);
    for (const std::string& folder : request.folders_to_make) key.add("folder of a volume", folder);
    for (const AskedSetting& setting : environment_.runner.asked()) key.add("flag --" + setting.name, setting.value);
    for (const std::string& device : run.devices) key.add("device", device);
    for (const std::string& volume : environment_.step_volumes) key.add("volume of this machine", volume);
    for (const std::string& variable : environment_.settings_environment) key.add("variable of the settings", variable);
    if (environment_.discards_volume_changes)
        for (const std::string& volume : state_.config.config.volumes) key.add("volume that is not kept", volume);
    const auto hostname = environment_.build_arguments.find("BUILDKIT_SANDBOX_HOSTNAME");
    if (hostname != environment_.build_arguments.end()) key.add("hostname", hostname->second);
    add_times(key, environment_.times);
    for (const auto& [name, value] : state_.variables.all()) key.add("variable " + name, value);
    key.seal_step();
    mounts.add_to_key(key);
    return key.finish();
}

void StageRun::throw_failed(const RunResult& result, const RunRequest& request, const RunInstruction& run,
                            const Instruction& instruction) const {
    const runtime::ContainerResult& container = result.container;
    if (!container.started) {
        const bool is_program = container.exit_code == 126 || container.exit_code == 127;
        StepFailed error =
            is_program ? StepFailed(StepFailed::Kind::program, "{}", container.failure)
                       : StepFailed(StepFailed::Kind::container, "cannot start the container of this step: {}: {}",
                                    container.failed_step, container.failure);
        if (container.exit_code == 127 && run.command.is_shell && request.script_name.empty())
            error.add_context("the image has no shell {} to run this with", quoted(request.arguments.front()));
        error.with_hint(container.hint).with_exit_code(container.exit_code);
        throw error;
    }
    const std::string command = command_for_message(run, request, instruction);
    constexpr auto kind = StepFailed::Kind::command;
    StepFailed error = container.signal != 0
                           ? StepFailed(kind, "{} was ended by signal {} ({})", command, container.signal,
                                        ::strsignal(container.signal))
                           : StepFailed(kind, "{} failed with exit code {}", command, container.exit_code);
    if (result.hit_memory_limit) {
        error = StepFailed(kind, "{} needed more memory than --memory allows: the kernel ended {} (exit code {})",
                           command, container.signal != 0 ? "it" : "a process of it", container.exit_code);
        error.with_hint("give the build more with --memory, or make the step use less");
    }
    const std::string tail = tail_of(result.last_output, 10);
    if (!tail.empty()) error.with_output(tail);
    error.with_exit_code(container.exit_code);
    throw error;
}

void StageRun::run_command(const RunInstruction& run, const Instruction& instruction, const StepLabel& label) {
    const RunRequest request = make_request(run);
    std::vector<std::string> wanted_mounts = environment_.step_mounts;
    wanted_mounts.insert(wanted_mounts.end(), run.mounts.begin(), run.mounts.end());
    StepMounts mounts(environment_, state_, wanted_mounts, stage_.index);
    LayerStep step{command_key(request, run, mounts), "", {}};
    // Nobody can tell beforehand what the standard input will give.
    step.key.is_recorded = !environment_.runner.gives_input();
    step.history = history_of_command(run, instruction, state_);
    if (!request.devices.hooks.empty() && !environment_.runner.runs_hooks())
        environment_.observer.notice(notice_of_hooks(request.devices.hooks));
    step.make = [&](layers::StagedLayer& staged) {
        RunRequest whole = make_request(run);
        if (environment_.discards_volume_changes)
            for (const std::string& volume : state_.config.config.volumes) mounts.shield(volume, whole);
        mounts.apply(whole);
        ShownOutput observer(environment_.observer, turn_.get());
        const RunResult result = environment_.runner.run(std::move(whole), staged, label, observer);
        container_use_ = result.container.use;
        mounts.take_stubs_away(result.container.made);
        if (!result.container.started || result.container.exit_code != 0)
            throw_failed(result, request, run, instruction);
        if (mounts.sources_changed()) {
            environment_.observer.notice("what a mount of \"" + label.text +
                                         "\" shows changed meanwhile, or another program has it open for "
                                         "writing: the cache does not keep this step");
            step.key.is_recorded = false;
        }
    };
    run_layer(step, label);
    state_.volumes_to_make.clear();
}

}  // namespace builder
