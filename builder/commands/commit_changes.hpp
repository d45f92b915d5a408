// The last changes to a configuration, made while an image is committed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/container/container_state.hpp"

namespace builder {

struct CommitChanges {
    std::vector<std::string> instructions;  ///< -c: as in a Containerfile
    std::string config_file;                ///< JSON, in Docker's form
    std::vector<std::string> annotations;
    std::vector<std::string> unset_annotations;
    std::vector<std::string> unset_variables;
    std::optional<bool> notes_creation;  ///< an annotation with the time
    std::optional<bool> notes_builder;   ///< a label with the version of this program
};

std::vector<Flag> commit_change_flags(CommitChanges& changes);

/// Throws Error for an instruction that changes more than the configuration.
void apply_commit_changes(const CommitChanges& changes, ContainerState& state);

}  // namespace builder
