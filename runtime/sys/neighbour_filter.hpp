// What a process can do to others of the same user whom it cannot trace, and what is refused of it.
#pragma once

#include <linux/filter.h>

#include <vector>

namespace runtime {

/// A filter for processes that see those of the machine. Limits can be set for the caller alone: the kernel lets every
/// process of a user limit the others, and ends whoever is over a limit of CPU time. So can priorities of a user as a
/// whole not be changed. In all ways to call the kernel: x86_64, x32 and i386. What it does not refuse it allows.
std::vector<sock_filter> neighbour_filter();

/// Puts that filter on this process. Needs no_new_privs or CAP_SYS_ADMIN. Throws SystemError.
void spare_neighbours();

}  // namespace runtime
