#include "builder/commands/setup.hpp"

#include "builder/commands/command_table.hpp"

namespace builder {

Command setup_command() {
    Command command;
    command.name = "setup";
    command.group = "System";
    command.summary = "let other programs of this machine work with builder";
    command.usage = "SUBCOMMAND [flags]";
    command.subcommands = {setup_podman_command()};
    return command;
}

}  // namespace builder
