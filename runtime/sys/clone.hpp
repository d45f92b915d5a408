// New processes with a descriptor to watch them by: clone3(2), pidfd_open(2).
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// A child in new namespaces, made by clone3(2). In the child it returns 0.
struct ClonedProcess {
    pid_t pid = -1;
    Fd handle;  ///< a pidfd
};

/// `flags` are CLONE_NEW*. Without any it falls back on fork(2) where a seccomp profile takes clone3 away. Throws
/// SystemError.
ClonedProcess clone_process(std::uint64_t flags);

}  // namespace runtime
