// Programs that keep passwords: docker-credential-NAME, which take get, store, erase and list, and speak on standard
// input and output. No secret ever is an argument. Protocol: docker/docker-credential-helpers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/settings/credentials.hpp"

namespace registry {

/// Nothing where the helper knows none. Throws Error where it is not there or fails.
std::optional<Credentials> ask_helper(const std::string& helper, const std::string& server);
void store_in_helper(const std::string& helper, const std::string& server, const Credentials& credentials);
/// Whether it had some.
bool erase_in_helper(const std::string& helper, const std::string& server);
/// The servers that it knows.
std::vector<std::string> list_helper(const std::string& helper);

}  // namespace registry
