// The command line described for others: manual pages, completion for shells, and a JSON document. All from the one
// description that parsing uses.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"

namespace builder {

/// The program with all its commands.
struct ProgramCommands {
    std::vector<Flag> global_flags;
    std::vector<Command> commands;
};

/// A manual page in troff: of the program where `command` is null. `name` is that of the page: builder-from.
std::string manual_page(const ProgramCommands& line, const Command* command);
/// The name of a command's page.
std::string manual_name(const Command* command);

/// A script for "bash", "zsh" or "fish". Throws Error for another shell.
std::string completion_script(const ProgramCommands& line, const std::string& shell);

/// Everything as one JSON document: commands with their flags, names, values and descriptions.
std::string command_line_json(const ProgramCommands& line);

}  // namespace builder
