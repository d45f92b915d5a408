// Walks that stay inside a root, by descriptor: openat2(2) with RESOLVE_IN_ROOT. Never joined strings.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Opens a path as a process inside the root would: absolute links and ".." never lead out. Throws SystemError.
Fd open_in_root(const Fd& root, const std::string& path, int flags, mode_t mode = 0);

/// The same; nothing where the path does not exist (ENOENT, ENOTDIR).
std::optional<Fd> open_in_root_if_exists(const Fd& root, const std::string& path, int flags);

/// Opens one name below a folder; links are not followed and the path cannot leave the folder.
Fd open_beneath(const Fd& folder, const std::string& path, int flags, mode_t mode = 0);

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

/// Makes sure that path exists inside the root as a folder or as a regular file, with missing parents (mode 0755), and
/// returns an O_PATH descriptor of it. Appends what had to be made to `made` where that is given.
/// Throws Error where something else stands there.
Fd make_in_root(const Fd& root, const std::string& path, bool as_folder, std::vector<MadePath>* made = nullptr);

/// The path of an open place below a root, without the links that led there: "/a/b".
std::string path_below(const Fd& root, const Fd& place);

}  // namespace runtime
