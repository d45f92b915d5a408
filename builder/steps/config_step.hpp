// Instructions that only change the configuration: pure functions over it.
#pragma once

#include "builder/engine/record/stage_state.hpp"
#include "builder/syntax/expand.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// Expands a word with the variables of the stage. Names that are not set become nothing.
std::string expand_in_stage(const StageState& state, const std::string& text, char escape);
std::vector<std::string> expand_words_in_stage(const StageState& state, const std::string& text, char escape);

/// Sets a variable as ENV does: for the steps to come, and in the image.
void set_variable(StageState& state, const std::string& name, const std::string& value);

/// What a configuration step did, as it stands in the history: "ENV A=1". Throws Error for a bad value.
std::string apply_env(StageState& state, const EnvInstruction& env, char escape);
std::string apply_label(StageState& state, const LabelInstruction& label, char escape);
std::string apply_user(StageState& state, const UserInstruction& user, char escape);
std::string apply_cmd(StageState& state, const CmdInstruction& cmd);
std::string apply_entrypoint(StageState& state, const EntrypointInstruction& entrypoint);
std::string apply_shell(StageState& state, const ShellInstruction& shell);
std::string apply_expose(StageState& state, const ExposeInstruction& expose, char escape);
std::string apply_volume(StageState& state, const VolumeInstruction& volume, char escape);
std::string apply_stop_signal(StageState& state, const StopSignalInstruction& stop_signal, char escape);
std::string apply_healthcheck(StageState& state, const HealthcheckInstruction& healthcheck);
std::string apply_onbuild(StageState& state, const OnbuildInstruction& onbuild);
std::string apply_maintainer(StageState& state, const MaintainerInstruction& maintainer);
/// Sets the working directory; a relative path starts from the one before. Gives the new path.
std::string apply_workdir(StageState& state, const WorkdirInstruction& workdir, char escape);

/// Any of these; false for an instruction that does more than to change the configuration.
bool apply_to_config(StageState& state, const Instruction& instruction, char escape);

/// The command with the shell in front where it is in shell form.
std::vector<std::string> with_shell(const StageState& state, const CommandLine& command);

/// Adds a history entry for a step without a layer. The time is filled in when the image is made.
void add_history(StageState& state, std::string created_by, bool empty_layer, std::string created = "");

/// A path without ".", ".." and double slashes, always absolute; relative ones start from `base`.
std::string absolute_path(const std::string& base, const std::string& path);

}  // namespace builder
