// Looks paths up as another process would: from its root and its folder, and with what it means by itself.
#pragma once

#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// A file as a folder and a name in it, which may be a link, a special file or anything else.
struct ForeignPlace {
    Fd folder;         ///< or the file itself
    std::string name;  ///< in the folder, without slashes; empty for the file itself
};

/// `process` is its folder in /proc; the descriptor is AT_FDCWD or one of its own. Throws SystemError, EBADF where it
/// has no such descriptor.
Fd open_foreign_descriptor(const Fd& process, int descriptor);

/// `descriptor` is where a relative path starts, as with openat(2); `own_root` is this process's root. Links of /proc
/// that lead to files of any process (/proc/PID/root, /proc/PID/fd/…) are followed only where they are those of
/// `process` itself, because this process may have rights that the other has not: else ELOOP. To be called where there
/// is one thread only: the root changes meanwhile. Throws SystemError, with the number that the kernel would give.
ForeignPlace find_foreign_path(const Fd& process, int descriptor, const std::string& path, bool follows_link,
                               const Fd& own_root);

}  // namespace runtime
