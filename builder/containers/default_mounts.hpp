// The files of this machine that every container is to see, as mounts.conf lists them: subscriptions, for one.
#pragma once

#include <string>
#include <vector>

#include "runtime/container/devices.hpp"

namespace builder {

/// The mounts of a file with a line HOST:CONTAINER each; an empty name means the user's and the system's mounts.conf,
/// the first that there is. What does not exist on this machine is left out. They are read-only: what containers write
/// there would change the machine. Throws Error for a bad line.
std::vector<runtime::DeviceMount> default_mounts(const std::string& file);

}  // namespace builder
