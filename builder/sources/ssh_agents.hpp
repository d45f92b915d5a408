// The SSH agents of a build: sockets of the user's, or agents started for keys.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/sys/program.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {

struct SshAgent {
    std::string path;     ///< of its socket
    bool is_raw = false;  ///< any protocol: steps get the socket itself
    /// Where the agent was started for this build: it ends with the last copy of this.
    std::shared_ptr<runtime::BackgroundProgram> program = nullptr;
    std::shared_ptr<runtime::TempFolder> folder = nullptr;
};

using SshAgents = std::map<std::string, SshAgent>;

/// The values of --ssh: "default" or "ID" for the agent of $SSH_AUTH_SOCK, "ID=SOCKET", "ID=KEYFILE[,KEYFILE…]", and
/// "ID=SOCKET,raw=true". Throws Error for what is not there, and for a key that needs a passphrase.
SshAgents open_ssh_agents(const std::vector<std::string>& texts);

}  // namespace builder
