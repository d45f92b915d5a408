// Who we are to a registry.
#pragma once

#include <string>

namespace registry {

struct Credentials {
    std::string user = {};
    std::string password = {};
    /// A token that stands for a user and is exchanged for others; then there is no password.
    std::string identity_token = {};

    bool empty() const noexcept { return user.empty() && password.empty() && identity_token.empty(); }
    bool operator==(const Credentials&) const = default;
};

}  // namespace registry
