// RUN --device: devices that a step asks for by name.
#pragma once

#include <string>
#include <vector>

#include "runtime/container/devices.hpp"

namespace builder {

/// Who may have which devices: the words of --allow ("device", "device=NAME").
struct DeviceLeave {
    bool all = false;
    std::vector<std::string> names = {};
    bool covers(const std::string& name) const;
};

/// The edits for the values of --device: "vendor.com/class=name", perhaps with ",required" behind it. A device that is
/// not there is left out where it is not required. Throws Error where leave is missing.
runtime::DeviceEdits find_step_devices(const std::vector<std::string>& texts, const DeviceLeave& leave,
                                       const std::vector<std::string>& folders);

}  // namespace builder
