// --security-opt: seccomp, labels, AppArmor, masked paths.
#pragma once

#include <string>
#include <vector>

#include "builder/steps/run_step.hpp"

namespace builder {

/// Puts options into the settings, over what this kernel does by itself: labels of SELinux, which for a container that
/// stays go by its ID, and the profile of AppArmor that other tools have loaded for containers. Sentences for the user
/// go to `notices`. Throws Error for what is not known, and for what this kernel cannot do.
void apply_security_options(const std::vector<std::string>& options, RunSettings& settings,
                            std::vector<std::string>& notices, const std::string& container_id = "");

}  // namespace builder
