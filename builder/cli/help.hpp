// Help, made from the descriptions of commands and flags.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"

namespace builder {

/// What `builder COMMAND --help` prints.
std::string command_help(const Command& command);

/// What `builder --help` prints.
std::string program_help(const std::vector<Command>& commands, const std::vector<Flag>& flags);

}  // namespace builder
