// The root of a container: its layers and its upper folder as one overlay mount.
#pragma once

#include "runtime/container/container_spec.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {

/// Mounts the root; attached nowhere yet. The overlay is volatile: unmounting it flushes nothing.
/// Any number of lower folders up to the kernel's 500; there is no limit on the length of their paths.
/// With a label of SELinux all files have that one, whatever they have below.
Fd mount_root(const RootSpec& root, const std::string& stub_folder, const std::string& label = "");

}  // namespace runtime
