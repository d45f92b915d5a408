#include "runtime/sys/writers.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <cerrno>
#include <csignal>

namespace runtime {
namespace {

/// There a refusal says only that the server has given no delegation.
bool is_remote(const Fd& file) noexcept {
    struct statfs status {};
    return ::fstatfs(file.get(), &status) == 0 && status.f_type == NFS_SUPER_MAGIC;
}

}  // namespace

// A lease to read is given only where nobody can write: fcntl(2).
bool has_writers(const Fd& file) noexcept {
    // Who opens the file for writing meanwhile waits till the lease is given back, and the kernel sends a signal: one
    // that does nothing, as the usual one would end the program.
    if (::fcntl(file.get(), F_SETSIG, SIGURG) != 0) return false;
    if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN && !is_remote(file);
    ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
    return false;
}

}  // namespace runtime
