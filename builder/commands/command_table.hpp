// All commands. This is the only place that names them all.
#pragma once

#include <vector>

#include "builder/cli/command.hpp"

namespace builder {

Command build_command();
Command debug_command();
Command images_command();
Command info_command();
Command inspect_command();
Command login_command();
Command logout_command();
Command manifest_command();
Command prune_command();
Command pull_command();
Command push_command();
Command rmi_command();
Command tag_command();
Command version_command();

/// The functions that make them, with their names, so that only the one that is asked for is made.
struct CommandMaker {
    std::vector<const char*> names;  ///< the first is the one that help shows
    Command (*make)();
};
const std::vector<CommandMaker>& command_makers();

}  // namespace builder
