// Stacked folders without overlayfs: the merged tree as a copy, and afterwards what was changed in it as the upper
// folder that overlayfs would have left. The same bytes come out either way.
#pragma once

#include <sys/stat.h>

#include <string>

#include "overlay/layered_view.hpp"

namespace overlay {

/// Copies the merged tree into an empty folder. Each name becomes a file of its own, as overlayfs shows files of lower
/// layers once they are written to. Sockets are left out. Where device nodes may not be made, empty files stand for
/// them. Throws SystemError.
void copy_tree(const LayeredView& tree, const std::string& target);

/// The moment from which on changes count, on the clock of the file system: everything that was done before has an
/// earlier change time, everything done after this returns has this one or a later one. `marker` is a file that is made
/// for it, on the same file system; its modification time is the moment.
struct timespec mark_moment(const std::string& marker);
/// The moment that an existing marker stands for.
struct timespec moment_of(const std::string& marker);

/// What becomes of the files of the copy.
enum class CopiedFiles {
    given_away,  ///< nobody writes into it any more: they are shared by hard links
    kept,        ///< they are copied
};

/// Fills `upper`, an empty folder, with what has changed in the copy of `below` since that moment: changed and new
/// files, whiteouts, and folders that took the place of others as opaque ones. Throws SystemError.
void collect_changes(const std::string& copy, struct timespec since, const LayeredView& below, const std::string& upper,
                     CopiedFiles files);

}  // namespace overlay
