// Making folders inside a root that is not trusted.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Told of each folder that was made, with its path below the root, before anything is put into it.
using FolderMade = std::function<void(const Fd& folder, const std::string& path)>;

/// Opens a folder for reading and makes what is missing of it, also behind links that point to nothing yet. Throws
/// Error where something else than a folder is in the way.
Fd make_folders_in_root(const Fd& root, const std::string& path, mode_t mode, const FolderMade& made = nullptr);

}  // namespace runtime
