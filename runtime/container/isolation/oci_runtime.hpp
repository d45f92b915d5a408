// A container made by an OCI runtime: runc, crun, or any other program with the same command line.
#pragma once

#include "runtime/container/isolation/setup_steps.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {

/// Runs in the first process of a new mount namespace, and of a new PID namespace where the container is to have one:
/// mounts the root, writes a bundle into memory, and has the runtime create and start the container. Becomes its
/// monitor, writes to `report` how it ended, and has the runtime delete it. `status` is the container's status socket,
/// `step` is kept at the name of what is being done. Throws Error where the container cannot be started.
void run_by_oci_runtime(SetupState& state, const Fd& status, const Fd& report, const char*& step);

}  // namespace runtime
