// What a container sees besides its root, as a table instead of mounts.
#pragma once

#include "runtime/container/isolation/setup_steps.hpp"
#include "runtime/emulated/mount_table.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {

/// Fills the table with /proc, /sys, /dev and the mounts of the spec. `scratch` is an empty folder for what is made
/// for this. Mount points that are missing in the root are made, and noted in the state. Throws Error.
void fill_mount_table(SetupState& state, emulated::MountTable& mounts, const std::string& scratch);

}  // namespace runtime
