#include "builder/commands/builds.hpp"

#include "builder/commands/command_table.hpp"

namespace builder {

Command builds_command() {
    Command command;
    command.name = "builds";
    command.group = "Records";
    command.summary = "list, show and remove records of builds";
    command.usage = "SUBCOMMAND [flags] [BUILD]";
    command.subcommands = {builds_ls_command(), builds_rm_command(), builds_show_command(), builds_trace_command()};
    return command;
}

}  // namespace builder
