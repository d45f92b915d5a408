// What `config --add-history` writes into the history of images.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/flags/config_changes.hpp"

namespace builder {

/// An entry for each kind of change, in Buildah's order. `environment`: NAME=VALUE, as the variables were set.
std::vector<std::string> history_of_config(const ConfigChanges& changes, const std::vector<std::string>& environment);

}  // namespace builder
