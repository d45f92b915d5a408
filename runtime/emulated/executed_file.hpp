// What the kernel has made of a program that was planned: it reads the file anew, which may have changed since.
#pragma once

#include <sys/types.h>

#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

/// Whether a process that is stopped right after execve runs this file and nothing else. A loader that the kernel found
/// by the file's own words was looked for in this machine's root; wherever it lies and whatever it looks like, it is a
/// file that is mapped.
bool runs_only(pid_t thread, const Fd& file);

}  // namespace runtime::emulated
