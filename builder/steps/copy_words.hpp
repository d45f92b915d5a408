// The words of a COPY or an ADD with their variables replaced.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/stage_state.hpp"
#include "builder/steps/copy_files.hpp"
#include "builder/syntax/syntax_tree.hpp"

namespace builder {

struct CopyWords {
    bool is_add = false;
    std::string from;  ///< --from; empty: the context
    std::vector<std::string> sources;
    std::string destination;  ///< absolute; ends with a slash where it names a folder
    std::string chown;
    std::string chmod;
    std::string checksum;
    std::vector<std::string> excludes;
    bool keeps_parents = false;                          ///< --parents
    bool is_linked = false;                              ///< --link
    std::optional<bool> unpack = std::nullopt;           ///< --unpack
    std::optional<bool> keep_git_folder = std::nullopt;  ///< --keep-git-dir
};

/// Throws Error where several sources have a destination that is no folder.
CopyWords expand_words(const StageState& state, const CopyInstruction& instruction, char escape);

/// Owner and mode as the words say; users are looked up in the stage's files. Throws Error for a bad owner or mode.
CopyOptions options_of(const CopyWords& words, const StageState& state);

/// The rules of `outer`, and --exclude, whose patterns are relative to the folder `path` that is copied.
CopySource::Filter with_excludes(const CopyWords& words, const CopySource::Filter& outer, const std::string& path);

}  // namespace builder
