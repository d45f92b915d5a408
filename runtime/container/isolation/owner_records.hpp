// Owners that a step gives to its files, where the user has a single ID to give: the kernel hands such calls to a
// process beside the container, which notes them beside the files (sys/ownership.hpp). seccomp_unotify(2).
#pragma once

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Puts a filter on this process and all that it starts: chown and its family go to whoever has the descriptor that is
/// returned, and so do questions for owners; becoming another user or changing groups does nothing and succeeds, as
/// nobody else can be become. Needs no_new_privs or CAP_SYS_ADMIN. Throws SystemError.
Fd divert_owner_changes();

/// Compiles that filter, so that it is there for every process that this one makes from here on.
void compile_owner_filter();

/// What the process beside the container runs: takes that descriptor from the socket, and notes owners until nobody is
/// left under the filter. To be started in the PID namespace that the container's is made from.
[[noreturn]] void note_owner_changes(const Fd& socket) noexcept;

}  // namespace runtime
