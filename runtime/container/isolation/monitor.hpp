// The monitor: a process between the runner and a container that shares a PID namespace with others. Where a namespace
// of its own would end everything in it, the monitor does.
#pragma once

#include <sys/resource.h>

#include <csignal>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// What tells a monitor to end the container with all that it started. Every other signal goes on to the first process.
inline int end_signal() noexcept {
    return SIGRTMIN;
}

/// Makes a child and returns in it; the calling process becomes its monitor and never returns. The monitor waits for
/// the child, ends what is left of its descendants, also those that left its session, and writes how it ended to
/// `report` (exit_report.hpp). To be called by a process with one thread.
void stay_behind_as_monitor(const Fd& report);

/// Makes a session, blocks every signal, takes orphaned descendants over, and asks the kernel for the end signal when
/// the parent goes.
void become_monitor();

/// Waits for a child, passing signals on to it; the end signal ends it. Others that end meanwhile are reaped, or left
/// for a later call. Gives the status as waitpid(2) does, and the
/// usage as wait4(2) does.
int keep(pid_t child, rusage& usage, bool reaps_others = true);

/// A program may ask its parent to trace it (PTRACE_TRACEME), which then stops it at every signal. Nobody traces here:
/// a child that was stopped for that goes on, with its signal, as if it had not asked. Only the thread that it asked
/// can let it go.
void let_go_of_tracee(pid_t child, int signal) noexcept;

/// Ends all processes that descend from this one, and reaps them.
void end_descendants() noexcept;

}  // namespace runtime
