// Where users and systems keep their settings: XDG base directories, and the places that podman and Docker share.
#pragma once

#include <string>

namespace registry {

/// The variable's value; empty where it is not set.
std::string environment_variable(const char* name);
/// $HOME, else the home of the user that runs this.
std::string home_folder();
/// $XDG_CONFIG_HOME, else ~/.config.
std::string user_config_folder();
/// $XDG_RUNTIME_DIR, else /run/containers/UID, which is what podman takes for it.
std::string user_runtime_file(const std::string& name);

}  // namespace registry
