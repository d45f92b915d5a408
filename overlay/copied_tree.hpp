// Stacked folders without overlayfs: the merged tree as a copy, and afterwards what was changed in it as the upper
// folder that overlayfs would have left. The same bytes come out either way.
#pragma once

#include <sys/stat.h>

#include <string>

#include "overlay/copy_moment.hpp"
#include "overlay/layered_view.hpp"

namespace overlay {

/// Copies the merged tree into an empty folder. Names of one file stay names of one file, so that a step which copies
/// or moves them sees that; unlike on overlayfs, what is written to one of them is then in all of them. Sockets are
/// left out. Where device nodes may not be made, empty files stand for them. Throws SystemError.
void copy_tree(const LayeredView& tree, const std::string& target);

/// What becomes of the files of the copy.
enum class CopiedFiles {
    given_away,  ///< nobody writes into it any more: they are shared by hard links
    kept,        ///< they are copied
};

/// Fills `upper`, an empty folder, with what has changed in the copy of `below` since that moment: changed and new
/// files, whiteouts, and folders that took the place of others as opaque ones. Throws SystemError.
void collect_changes(const std::string& copy, const CopyMoment& moment, const LayeredView& below,
                     const std::string& upper, CopiedFiles files);

}  // namespace overlay
