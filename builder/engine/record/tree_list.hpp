// What was in a tree that a step read, kept as text, so that a later run of the step can name the file that changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "builder/engine/record/build_events.hpp"
#include "builder/sources/source_tree.hpp"

namespace builder {

/// A tree that is an input of a step.
struct ReadTree {
    std::string input;        ///< the name of the input in the step's key
    std::string path;         ///< of the tree's top, as the user knows it
    const SourceNode* tree;   ///< scanned with digests; outlives this
    bool with_owners = true;  ///< they matter to the step
};

/// One entry a file, link or folder: type and permissions, owner, digest of the content, path.
std::string list_of(const ReadTree& tree);

/// The first entry, in the order of the paths, that is not the same in both lists: "file src/a.c changed" with the
/// digests, "mode of src/run.sh changed" with both modes. Nothing where the lists are the same, or one of them is
/// damaged.
std::optional<StepReason> first_difference(std::string_view before, std::string_view now);

}  // namespace builder
