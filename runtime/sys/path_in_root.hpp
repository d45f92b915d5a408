// Walks that stay inside a root, by descriptor: openat2(2) with RESOLVE_IN_ROOT. Never joined strings.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Opens a path as a process inside the root would: absolute links and ".." never lead out. Throws SystemError.
Fd open_in_root(const Fd& root, const std::string& path, int flags, mode_t mode = 0);

/// The same; nothing where the path does not exist (ENOENT, ENOTDIR).
std::optional<Fd> open_in_root_if_exists(const Fd& root, const std::string& path, int flags);

/// Opens one name below a folder; links are not followed and the path cannot leave the folder.
Fd open_beneath(const Fd& folder, const std::string& path, int flags, mode_t mode = 0);

/// The path of an open place below a root, without the links that led there: "/a/b".
std::string path_below(const Fd& root, const Fd& place);

}  // namespace runtime
