#include "builder/steps/step_policy.hpp"

#include "runtime/base/error.hpp"

namespace builder {

void permit(StepPermissions& permissions, const std::string& name) {
    constexpr std::string_view one_device = "device=";
    if (name == "security.insecure")
        permissions.insecure = true;
    else if (name == "network.host")
        permissions.host_network = true;
    else if (name == "device")
        permissions.devices.all = true;
    else if (name.starts_with(one_device))
        permissions.devices.names.push_back(name.substr(one_device.size()));
    else
        throw runtime::Error("--allow takes security.insecure, network.host or device, not {}", runtime::quoted(name));
}

}  // namespace builder
