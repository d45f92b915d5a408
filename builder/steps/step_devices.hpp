// RUN --device: devices that a step asks for by name.
#pragma once

#include <string>
#include <vector>

#include "runtime/container/devices.hpp"

namespace builder {

/// The devices that steps may have: all of them, or those with these names.
struct DevicePermissions {
    bool all = false;
    std::vector<std::string> names = {};
    /// Whether a device of this name is among them.
    bool covers(const std::string& name) const;
};

/// The edits for the values of --device: "vendor.com/class=name", perhaps with ",required" behind it. A device that is
/// not there is left out where it is not required. Throws Error for one that is not permitted.
runtime::DeviceEdits find_step_devices(const std::vector<std::string>& texts, const DevicePermissions& permitted,
                                       const std::vector<std::string>& folders);

}  // namespace builder
