// RUN within a stage: what its container is asked for, what is in its key, and what is said when it fails.
#include <cstring>

#include "builder/engine/record/history_text.hpp"
#include "builder/engine/record/step_key.hpp"
#include "builder/engine/record/step_message.hpp"
#include "builder/engine/run/stage_run.hpp"
#include "builder/images/local_images.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/steps/failed_step.hpp"
#include "builder/steps/needless_copies.hpp"
#include "builder/steps/resumed_step.hpp"
#include "builder/syntax/duration.hpp"
#include "builder/syntax/heredocs.hpp"
#include "builder/syntax/source_text.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/exit_code.hpp"
#include "runtime/container/isolation/exec_hint.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr const char* default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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

/// A shell says only that it has not found what it was to run, also where it is a script that is there.
std::string hint_for_missing_command(const overlay::LayeredView& view, const std::string& folder,
                                     const std::string& line) {
    constexpr std::size_t largest_script = 1U << 20;
    const std::string word = line.substr(0, line.find_first_of(" \t\n;&|<>\"'$`()"));
    if (word.find('/') == std::string::npos) return "";
    try {
        const auto text = view.read_text(absolute_path(folder, word), largest_script);
        return text && !runtime::interpreter_of_script(*text).empty()
                   ? runtime::hint_for_refused_program(*text, ENOENT, "")
                   : "";
    } catch (const Error&) {
        return "";  // It is too large for a script, or cannot be read.
    }
}

}  // namespace

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
    for (const auto& [name, value] : environment_.policy.build_arguments)
        if (is_proxy_argument(name) && !state_.variables.contains(name))
            request.environment.push_back(name + "=" + value);
    if (!state_.variables.contains("PATH")) request.environment.emplace_back(default_path);
    request.working_directory = state_.config.config.working_dir.empty() ? "/" : state_.config.config.working_dir;
    request.user = state_.config.config.user;
    request.network = network_of(run.network, environment_.policy.network);
    request.uses_host_network = run.network == "host";
    if (request.uses_host_network && !environment_.policy.permissions.host_network)
        throw Error("RUN --network=host would have the network of this machine, which the command line gives no step")
            .with_hint("pass --allow network.host if you trust this file");
    request.lower_folders = state_.lower_folders();
    request.view = &state_.view();
    for (const std::string& volume : state_.volumes_to_make)
        if (!request.view->resolve(volume).entry) request.folders_to_make.push_back(volume);
    request.devices =
        find_step_devices(run.devices, environment_.policy.permissions.devices, environment_.policy.run.cdi_folders);
    request.insecure = run.security == "insecure";
    if (request.insecure && !environment_.policy.permissions.insecure)
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
    for (const std::string& volume : environment_.policy.volumes) key.add("volume of this machine", volume);
    for (const std::string& variable : environment_.policy.run.environment)
        key.add("variable of the settings", variable);
    if (environment_.policy.discards_volume_changes)
        for (const std::string& volume : state_.config.config.volumes) key.add("volume that is not kept", volume);
    const auto hostname = environment_.policy.build_arguments.find("BUILDKIT_SANDBOX_HOSTNAME");
    if (hostname != environment_.policy.build_arguments.end()) key.add("hostname", hostname->second);
    add_times(key, environment_.policy.times);
    for (const auto& [name, value] : state_.variables.all()) key.add("variable " + name, value);
    if (!environment_.policy.ca_certificates.empty())
        key.add("CA certificates", layers::Digest::of(environment_.policy.ca_certificates).text());
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
    if (container.exit_code == 127 && run.command.is_shell)
        error.with_hint(hint_for_missing_command(*request.view, request.working_directory, run.command.words.front()));
    if (run.command.is_shell && run.command.words.front().starts_with('['))
        error.with_hint("it begins as the exec form does, but is no JSON: RUN [\"program\", \"argument\"]");
    if (result.hit_memory_limit) {
        error = StepFailed(kind, "{} needed more memory than --memory allows: the kernel ended {} (exit code {})",
                           command, container.signal != 0 ? "it" : "a process of it", container.exit_code);
        error.with_hint("give the build more with --memory, or make the step use less");
    }
    if (result.timed_out) {
        error = StepFailed(kind, "{} took longer than {} (--step-timeout) and was ended", command,
                           duration_text(*environment_.policy.run.timeout));
    }
    const std::string tail = tail_of(result.last_output, 10);
    if (!tail.empty()) error.with_output(tail);
    error.with_exit_code(result.timed_out ? static_cast<int>(runtime::ExitCode::timed_out) : container.exit_code);
    throw error;
}

bool StageRun::is_resumed(const StepLabel& label) const {
    const ResumedStep* const resumed = environment_.resumed;
    return resumed != nullptr && resumed->stage == label.stage && resumed->step == label.number &&
           resumed->text == label.text && resumed->platform == layers::format_platform(platform_of(state_.config));
}

/// What the working container has becomes a layer. No step is ever found that was made on top of it: nobody knows what
/// was done by hand.
void StageRun::take_resumed(std::string history, const StepLabel& label) {
    LayerStep step{KeyBuilder(state_.files_key, "resumed").add("run", layers::random_name()).finish(),
                   std::move(history), nullptr};
    step.key.is_recorded = false;
    step.key.below = state_.files_run;
    step.key.run = layers::random_name();
    environment_.has_resumed = true;
    layers::StagedLayer staged = environment_.store.staging().new_layer();
    take_over(*environment_.resumed, state_, staged);
    add_layer(environment_.sealer.seal(std::move(staged), step.key, environment_.now(), label.text), step, step.key.run,
              label);
}

void StageRun::run_command(const RunInstruction& run, const Instruction& instruction, const StepLabel& label) {
    if (is_resumed(label) && environment_.resumed->is_done) {
        take_resumed(history_of_command(run, instruction, state_), label);
        return environment_.observer.step_finished(label, {StepOutcome::done, std::chrono::nanoseconds(0), {}});
    }
    if (is_resumed(label))
        take_resumed("changes made in the working container " + environment_.resumed->container, label);
    const RunRequest request = make_request(run);
    std::vector<std::string> wanted_mounts = environment_.policy.mounts;
    wanted_mounts.insert(wanted_mounts.end(), run.mounts.begin(), run.mounts.end());
    StepMounts mounts(environment_, state_, wanted_mounts, stage_.index);
    LayerStep step{command_key(request, run, mounts), "", {}, mounts.read_trees()};
    // Nobody can tell beforehand what the standard input will give.
    step.key.is_recorded = !environment_.runner.gives_input();
    step.history = history_of_command(run, instruction, state_);
    if (!request.devices.hooks.empty() && !environment_.runner.runs_hooks())
        environment_.observer.notice(notice_of_hooks(request.devices.hooks));
    step.make = [&](layers::StagedLayer& staged) {
        RunRequest whole = make_request(run);
        add_mounts(whole, mounts, environment_.policy, state_);
        ShownOutput observer(environment_.observer, turn_.get());
        const RunResult result = environment_.runner.run(std::move(whole), staged, label, observer);
        container_use_ = result.container.use;
        mounts.take_stubs_away(result.container.made);
        if (!result.container.started || result.container.exit_code != 0) {
            if (environment_.keep_failed && result.container.started)
                environment_.keep_failed(
                    {label, state_, std::move(staged), make_request(run), wanted_mounts, request.arguments.back()});
            throw_failed(result, request, run, instruction);
        }
        if (const std::string advice = advice_on_copies(label.text, staged.diff(), state_.view()); !advice.empty())
            environment_.observer.notice(advice);
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
