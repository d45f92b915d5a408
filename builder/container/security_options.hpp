// --security-opt: seccomp, labels, AppArmor, masked paths.
#pragma once

#include <string>
#include <vector>

#include "builder/build/run_step.hpp"

namespace builder {

/// Puts options into the settings; sentences for the user go to `notices`. Throws Error for what is not known, and for
/// what this kernel cannot do.
void apply_security_options(const std::vector<std::string>& options, RunSettings& settings,
                            std::vector<std::string>& notices);

/// Whether this kernel has SELinux and it is switched on.
bool has_selinux();

}  // namespace builder
