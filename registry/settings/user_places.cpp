#include "registry/settings/user_places.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "runtime/sys/privileges.hpp"

namespace registry {

std::string environment_variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string home_folder() {
    if (std::string home = environment_variable("HOME"); !home.empty()) return home;
    return runtime::invoking_user() == 0 ? "/root" : "/nonexistent";
}

std::string user_config_folder() {
    const std::string folder = environment_variable("XDG_CONFIG_HOME");
    return folder.empty() ? home_folder() + "/.config" : folder;
}

std::string user_runtime_file(const std::string& name) {
    const std::string folder = environment_variable("XDG_RUNTIME_DIR");
    return folder.empty() ? fmt::format("/run/containers/{}/{}", runtime::invoking_user(), name)
                          : folder + "/containers/" + name;
}

}  // namespace registry
