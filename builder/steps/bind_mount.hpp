// Mounts of what lies on this machine.
#pragma once

#include <string>
#include <vector>

#include "runtime/container/container_spec.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// Adds a mount of the file or folder at a path, with what is mounted below it now; `mount` says all the rest of it.
/// What it is taken from is held open in `sources`. Throws SystemError.
void add_bind(std::vector<runtime::MountSpec>& mounts, std::vector<runtime::Fd>& sources, const std::string& path,
              runtime::MountSpec mount);

}  // namespace builder
