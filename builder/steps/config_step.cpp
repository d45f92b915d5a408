#include "builder/steps/config_step.hpp"

#include <algorithm>

#include "builder/syntax/exposed_ports.hpp"
#include "builder/syntax/signal_names.hpp"
#include "overlay/layered_view.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

using runtime::Error;

void set_environment(layers::oci::ImageConfig& config, const std::string& name, const std::string& value) {
    for (std::string& entry : config.config.env) {
        if (!entry.starts_with(name + "=")) continue;
        entry = name + "=" + value;
        return;
    }
    config.config.env.push_back(name + "=" + value);
}

}  // namespace

void set_variable(StageState& state, const std::string& name, const std::string& value) {
    set_environment(state.config, name, value);
    state.variables.set(name, value);
}

std::string expand_in_stage(const StageState& state, const std::string& text, char escape) {
    return process_word(
        text, [&](std::string_view name) { return state.variables.get(name); }, escape);
}

std::vector<std::string> expand_words_in_stage(const StageState& state, const std::string& text, char escape) {
    return process_words(
        text, [&](std::string_view name) { return state.variables.get(name); }, escape);
}

void add_history(StageState& state, std::string created_by, bool empty_layer, std::string created) {
    layers::oci::HistoryEntry entry;
    entry.created = std::move(created);
    entry.created_by = std::move(created_by);
    entry.empty_layer = empty_layer;
    if (!state.base_name.empty()) entry.comment = "FROM " + std::exchange(state.base_name, {});
    state.config.history.push_back(std::move(entry));
}

std::string absolute_path(const std::string& base, const std::string& path) {
    std::vector<std::string> names;
    for (std::string& name : overlay::path_names(path.starts_with("/") ? path : base + "/" + path)) {
        if (name == ".") continue;
        if (name != "..")
            names.push_back(std::move(name));
        else if (!names.empty())
            names.pop_back();
    }
    return "/" + fmt::format("{}", fmt::join(names, "/"));
}

std::string apply_env(StageState& state, const EnvInstruction& env, char escape) {
    std::string text = "ENV";
    // All values of one instruction see the variables as they were before it.
    const Variables before = state.variables;
    const auto look_up = [&](std::string_view name) { return before.get(name); };
    for (const KeyValue& pair : env.values) {
        const std::string name = process_word(pair.key, look_up, escape);
        const std::string value = process_word(pair.value, look_up, escape);
        if (name.empty()) throw Error("ENV: a name is empty after its variables were expanded");
        set_variable(state, name, value);
        text += " " + name + "=" + value;
    }
    return text;
}

std::string apply_label(StageState& state, const LabelInstruction& label, char escape) {
    std::string text = "LABEL";
    for (const KeyValue& pair : label.values) {
        const std::string name = expand_in_stage(state, pair.key, escape);
        const std::string value = expand_in_stage(state, pair.value, escape);
        state.config.config.labels[name] = value;
        text += " " + name + "=" + value;
    }
    return text;
}

std::string apply_user(StageState& state, const UserInstruction& user, char escape) {
    state.config.config.user = expand_in_stage(state, user.user, escape);
    return "USER " + state.config.config.user;
}

std::vector<std::string> with_shell(const StageState& state, const CommandLine& command) {
    if (!command.is_shell) return command.words;
    std::vector<std::string> words = state.config.config.shell;
    if (words.empty()) words = {"/bin/sh", "-c"};
    words.insert(words.end(), command.words.begin(), command.words.end());
    return words;
}

std::string apply_cmd(StageState& state, const CmdInstruction& cmd) {
    state.config.config.cmd = cmd.command.words.empty() ? std::vector<std::string>{} : with_shell(state, cmd.command);
    state.config.config.args_escaped = cmd.command.is_shell && !cmd.command.words.empty();
    state.has_cmd = true;
    return "CMD " + runtime::write_json_texts(state.config.config.cmd);
}

std::string apply_entrypoint(StageState& state, const EntrypointInstruction& entrypoint) {
    state.config.config.entrypoint =
        entrypoint.command.words.empty() ? std::vector<std::string>{} : with_shell(state, entrypoint.command);
    // A CMD of the base image was meant for its entry point, not for this one.
    if (!state.has_cmd) state.config.config.cmd.clear();
    return "ENTRYPOINT " + runtime::write_json_texts(state.config.config.entrypoint);
}

std::string apply_shell(StageState& state, const ShellInstruction& shell) {
    state.config.config.shell = shell.words;
    return "SHELL " + runtime::write_json_texts(shell.words);
}

std::string apply_expose(StageState& state, const ExposeInstruction& expose, char escape) {
    std::vector<std::string> ports;
    for (const std::string& text : expose.ports)
        for (const std::string& word : expand_words_in_stage(state, text, escape))
            for (const std::string& port : parse_exposed_ports(word)) ports.push_back(port);
    state.config.config.exposed_ports.insert(ports.begin(), ports.end());
    return fmt::format("EXPOSE {}", fmt::join(ports, " "));
}

std::string apply_volume(StageState& state, const VolumeInstruction& volume, char escape) {
    std::vector<std::string> paths;
    for (const std::string& text : volume.paths) {
        paths.push_back(expand_in_stage(state, text, escape));
        if (paths.back().empty()) throw Error("VOLUME: a path is empty after its variables were expanded");
    }
    state.config.config.volumes.insert(paths.begin(), paths.end());
    return "VOLUME " + runtime::write_json_texts(paths);
}

std::string apply_stop_signal(StageState& state, const StopSignalInstruction& stop_signal, char escape) {
    std::string signal = expand_in_stage(state, stop_signal.signal, escape);
    if (!is_signal(signal))
        throw Error("STOPSIGNAL {} names no signal", runtime::quoted(signal))
            .with_hint("it takes a name as SIGTERM or RTMIN+3, or a number from 1 to 64");
    state.config.config.stop_signal = std::move(signal);
    return "STOPSIGNAL " + state.config.config.stop_signal;
}

std::string apply_healthcheck(StageState& state, const HealthcheckInstruction& healthcheck) {
    layers::oci::Healthcheck check;
    if (healthcheck.is_none) {
        check.test = {"NONE"};
    } else {
        check.test = {healthcheck.test.is_shell ? "CMD-SHELL" : "CMD"};
        check.test.insert(check.test.end(), healthcheck.test.words.begin(), healthcheck.test.words.end());
    }
    check.interval_ns = healthcheck.interval.count();
    check.timeout_ns = healthcheck.timeout.count();
    check.start_period_ns = healthcheck.start_period.count();
    check.start_interval_ns = healthcheck.start_interval.count();
    check.retries = healthcheck.retries;
    state.config.config.healthcheck = check;
    return "HEALTHCHECK " + runtime::write_json_texts(check.test);
}

std::string apply_onbuild(StageState& state, const OnbuildInstruction& onbuild) {
    state.config.config.on_build.push_back(onbuild.trigger);
    return "ONBUILD " + onbuild.trigger;
}

std::string apply_maintainer(StageState& state, const MaintainerInstruction& maintainer) {
    state.config.author = maintainer.name;
    return "MAINTAINER " + maintainer.name;
}

std::string apply_workdir(StageState& state, const WorkdirInstruction& workdir, char escape) {
    const std::string path = expand_in_stage(state, workdir.path, escape);
    const std::string before = state.config.config.working_dir.empty() ? "/" : state.config.config.working_dir;
    state.config.config.working_dir = absolute_path(before, path);
    return state.config.config.working_dir;
}

bool apply_to_config(StageState& state, const Instruction& instruction, char escape) {
    return std::visit(
        [&](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, EnvInstruction>)
                apply_env(state, body, escape);
            else if constexpr (std::is_same_v<Body, LabelInstruction>)
                apply_label(state, body, escape);
            else if constexpr (std::is_same_v<Body, UserInstruction>)
                apply_user(state, body, escape);
            else if constexpr (std::is_same_v<Body, CmdInstruction>)
                apply_cmd(state, body);
            else if constexpr (std::is_same_v<Body, EntrypointInstruction>)
                apply_entrypoint(state, body);
            else if constexpr (std::is_same_v<Body, ShellInstruction>)
                apply_shell(state, body);
            else if constexpr (std::is_same_v<Body, ExposeInstruction>)
                apply_expose(state, body, escape);
            else if constexpr (std::is_same_v<Body, VolumeInstruction>)
                apply_volume(state, body, escape);
            else if constexpr (std::is_same_v<Body, StopSignalInstruction>)
                apply_stop_signal(state, body, escape);
            else if constexpr (std::is_same_v<Body, HealthcheckInstruction>)
                apply_healthcheck(state, body);
            else if constexpr (std::is_same_v<Body, OnbuildInstruction>)
                apply_onbuild(state, body);
            else if constexpr (std::is_same_v<Body, MaintainerInstruction>)
                apply_maintainer(state, body);
            else if constexpr (std::is_same_v<Body, WorkdirInstruction>)
                apply_workdir(state, body, escape);
            else
                return false;
            return true;
        },
        instruction.body);
}

}  // namespace builder
