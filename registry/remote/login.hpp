// Whether a registry takes a user name and a password.
#pragma once

#include "registry/remote/registries.hpp"

namespace registry {

/// Throws Error where the registry cannot be reached or does not take them.
void check_login(Registries& registries, const std::string& host, const Credentials& credentials);

}  // namespace registry
