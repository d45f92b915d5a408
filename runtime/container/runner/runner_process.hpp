// What runs inside the runner process.
#pragma once

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Serves requests until the other end of the control socket is closed. Returns the exit code of the process.
/// First of all it sends RunnerGreeting::ready. Without mounts of its own the runner makes emulated containers only.
int serve_containers(const Fd& control, bool has_mounts) noexcept;

}  // namespace runtime
