// The flags of `build` that scripts for other tools have, besides those that shape a build here.
#pragma once

#include <vector>

#include "builder/build/build_image.hpp"
#include "builder/cli/command.hpp"

namespace builder {

/// Some say in other words what other flags say; some ask for what is so anyway; the rest say that they are not there
/// yet, by their names.
std::vector<Flag> further_build_flags(BuildImageRequest& request);

}  // namespace builder
