// Making folders and mount points inside a root that is not trusted.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Told of each folder that was made, with its path below the root, before anything is put into it.
using FolderMade = std::function<void(const Fd& folder, const std::string& path)>;

/// Asked where something that is neither a folder nor a link stands in the way. True where it is gone now.
using MakesWay = std::function<bool(const Fd& parent, const std::string& name, const std::string& path)>;

/// Opens a folder for reading and makes what is missing of it, also behind links that point to nothing yet. Throws
/// Error where something else than a folder is in the way.
Fd make_folders_in_root(const Fd& root, const std::string& path, mode_t mode, const FolderMade& made = nullptr,
                        const MakesWay& makes_way = nullptr);

/// What make_in_root made, so that it can be taken away again: paths below the root, parents first.
struct MadePath {
    std::string path;
    bool is_folder = false;
    std::uint64_t inode = 0;  ///< by which it is found again where somebody renamed a folder above it
    template <typename Visitor>
    void visit(Visitor& visitor) {
        visitor(path, is_folder, inode);
    }
};

/// Makes sure that path exists inside the root, as a folder or as a regular file where it is missing, with missing
/// parents (mode 0755), also behind links that point to nothing yet, which stay as they are. Returns an O_PATH
/// descriptor of it. Appends what had to be made to `made` where that is given. Throws Error where the path leads
/// through something that is no folder.
Fd make_in_root(const Fd& root, const std::string& path, bool as_folder, std::vector<MadePath>* made = nullptr);

}  // namespace runtime
