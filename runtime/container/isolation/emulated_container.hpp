// A container where neither namespaces nor mounts can be had: its processes are kept in their root by a process beside
// them, which carries out for them what they ask the kernel for (runtime/emulated).
#pragma once

#include "runtime/container/isolation/setup_steps.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {

/// Runs the container and reports its end; to be called in a child of the runner, which is the process beside the
/// container from then on. `step` is what is being done, for the report of an error.
void run_emulated(SetupState& state, const Fd& status, const Fd& report, const char*& step);

/// Why no container can be emulated here; empty where one can. Makes a process to try it, once; to be
/// called first before the program starts a thread.
std::string refusal_of_emulation();

}  // namespace runtime
