// --userns and the flags of its mapping: steps whose root is nobody on this machine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/cli/command_context.hpp"
#include "runtime/sys/user_namespace.hpp"

namespace builder {

struct UserNamespaceFlags {
    std::string mode;
    std::vector<std::string> users;  ///< ranges, CONTAINER-ID:HOST-ID:COUNT
    std::vector<std::string> groups;
    std::string user_of_ranges;   ///< in /etc/subuid
    std::string group_of_ranges;  ///< in /etc/subgid
};

std::vector<Flag> user_namespace_flags(UserNamespaceFlags& flags);

/// Fills in what is not said with the command: the mapping of the flags before it, and the process that a container of
/// this name runs. Throws Error where nothing runs in it.
void complete(UserNamespaceFlags& flags, Context& context);

/// The namespace that the flags ask for; nothing where steps have that of the program. Throws Error.
std::shared_ptr<const runtime::UserNamespace> make_user_namespace(const UserNamespaceFlags& flags);

}  // namespace builder
