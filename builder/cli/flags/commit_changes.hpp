// The last changes to a configuration, made while an image is committed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/containers/container_state.hpp"

namespace builder {

struct CommitChanges {
    std::vector<std::string> instructions;  ///< -c: as in a Containerfile
    std::string config_file;                ///< JSON, in Docker's form
    std::vector<std::string> annotations;
    std::vector<std::string> unset_annotations;
    std::vector<std::string> unset_variables;
    bool notes_creation = true;         ///< an annotation with the time
    std::optional<bool> notes_builder;  ///< a label with the version of this program
};

std::vector<Flag> commit_change_flags(CommitChanges& changes);

/// Whether the image gets an annotation with its time; not where the annotation is given, or unset.
bool notes_creation(const CommitChanges& changes);

/// Throws Error for an instruction that changes more than the configuration.
void apply_commit_changes(const CommitChanges& changes, ContainerState& state);

}  // namespace builder
