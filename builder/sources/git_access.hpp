// What git may use to get at a remote: secrets, and the agent of SSH.
#pragma once

#include <map>
#include <string>

#include "builder/sources/ssh_agents.hpp"
#include "builder/syntax/git_url.hpp"

namespace builder {

/// What git may use to get in.
struct GitAccess {
    /// With this user's own configuration, keys and credential helpers: only for what the user named, never for what a
    /// Containerfile names.
    bool as_user = false;
    /// The value of an Authorization header for the remote's own origin.
    std::string authorization = {};
    std::string ssh_agent = {};  ///< path of its socket
};

/// Access by the secrets GIT_AUTH_TOKEN.HOST and GIT_AUTH_HEADER.HOST, and the default SSH agent. One without a host is
/// for the first host that asks for it, which then stands in `plain_host`. Throws Error where a secret would go over a
/// connection without encryption to another machine.
GitAccess git_access(const GitUrl& url, const std::map<std::string, std::string>& secrets, const SshAgents& ssh_agents,
                     std::string& plain_host);

}  // namespace builder
