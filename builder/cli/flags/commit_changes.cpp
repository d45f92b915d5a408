#include "builder/cli/flags/commit_changes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "builder/steps/config_step.hpp"
#include "builder/syntax/parser.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

void apply_instruction(const std::string& text, StageState& stage) {
    constexpr char escape = '\\';
    if (!apply_to_config(stage, parse_trigger(text), escape))
        throw Error("--change takes instructions that change the configuration alone, not {}", quoted(text));
}

/// Of variables of one name the new one counts.
void merge_environment(std::vector<std::string>& target, const std::vector<std::string>& added) {
    for (const std::string& entry : added) {
        const std::string name = entry.substr(0, entry.find('=') + 1);
        std::erase_if(target, [&](const std::string& old) { return old.starts_with(name); });
        target.push_back(entry);
    }
}

template <typename Field>
void take_if_set(Field& target, const Field& value) {
    if (!(value == Field{})) target = value;
}

/// What the file sets takes the place of what the container has.
void apply_config_file(const std::string& file, layers::oci::ImageConfig& config) {
    const nlohmann::json given = [&] {
        const std::string text = runtime::read_file(file);
        try {
            return runtime::parse_json(text, file);
        } catch (Error& error) {
            error.add_context("parsing configuration blob from \"{}\"", file);
            throw;
        }
    }();
    const nlohmann::json document = {{"architecture", config.architecture},
                                     {"os", config.os},
                                     {"rootfs", {{"type", "layers"}, {"diff_ids", nlohmann::json::array()}}},
                                     {"config", given.contains("config") ? given["config"] : given}};
    const layers::oci::ContainerConfig from = layers::oci::parse_image_config(runtime::write_json(document)).config;
    layers::oci::ContainerConfig& to = config.config;
    take_if_set(to.user, from.user);
    merge_environment(to.env, from.env);
    take_if_set(to.entrypoint, from.entrypoint);
    take_if_set(to.cmd, from.cmd);
    take_if_set(to.working_dir, from.working_dir);
    take_if_set(to.stop_signal, from.stop_signal);
    take_if_set(to.stop_timeout_seconds, from.stop_timeout_seconds);
    take_if_set(to.healthcheck, from.healthcheck);
    take_if_set(to.on_build, from.on_build);
    take_if_set(to.shell, from.shell);
    take_if_set(to.hostname, from.hostname);
    take_if_set(to.domainname, from.domainname);
    for (const auto& [name, value] : from.labels) to.labels[name] = value;
    to.exposed_ports.insert(from.exposed_ports.begin(), from.exposed_ports.end());
    to.volumes.insert(from.volumes.begin(), from.volumes.end());
}

}  // namespace

std::vector<Flag> commit_change_flags(CommitChanges& changes) {
    return {
        flag("annotation", 0, "NAME=VALUE", "add an annotation to the manifest", changes.annotations),
        flag("change", 'c', "INSTRUCTION", "apply a Containerfile instruction to the configuration: \"CMD /bin/sh\"",
             changes.instructions),
        flag("config", 0, "FILE", "file with configuration JSON to merge into the image's configuration",
             changes.config_file),
        flag("created-annotation", 0, "add an annotation with the creation time (default true)",
             changes.notes_creation),
        flag("identity-label", 0, "add the label io.buildah.version (default true, unless the time is fixed)",
             changes.notes_builder),
        flag("unsetannotation", 0, "NAME", "remove an annotation from the image", changes.unset_annotations),
        flag("unsetenv", 0, "NAME", "remove a variable from the image", changes.unset_variables),
    };
}

bool notes_creation(const CommitChanges& changes) {
    const std::string name = "org.opencontainers.image.created";
    const auto is_it = [&](const std::string& text) { return text.substr(0, text.find('=')) == name; };
    return changes.notes_creation && std::none_of(changes.annotations.begin(), changes.annotations.end(), is_it) &&
           std::none_of(changes.unset_annotations.begin(), changes.unset_annotations.end(), is_it);
}

void apply_commit_changes(const CommitChanges& changes, ContainerState& state) {
    if (!changes.config_file.empty()) apply_config_file(changes.config_file, state.config);
    if (!changes.instructions.empty()) {
        StageState stage;
        stage.config = std::move(state.config);
        stage.variables = Variables::from_environment(stage.config.config.env);
        const bool was_escaped = stage.config.config.args_escaped;
        for (const std::string& text : changes.instructions) apply_instruction(text, stage);
        state.config = std::move(stage.config);
        state.config.config.args_escaped = was_escaped;
    }
    for (const std::string& name : changes.unset_variables)
        std::erase_if(state.config.config.env, [&](const std::string& one) { return one.starts_with(name + "="); });
    for (const std::string& text : changes.annotations) {
        const auto equals = text.find('=');
        state.annotations[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
    }
    for (const std::string& name : changes.unset_annotations) state.annotations.erase(name);
}

}  // namespace builder
