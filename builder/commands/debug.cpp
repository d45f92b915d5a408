#include "builder/commands/debug.hpp"

#include "builder/commands/command_table.hpp"

namespace builder {

Command debug_command() {
    Command command;
    command.name = "debug";
    command.group = "System";
    command.summary = "show how builder reads files, names and patterns; go on with a failed build";
    command.usage = "SUBCOMMAND [flags] [words]";
    command.subcommands = {debug_bundle_command(), debug_commands_command(), debug_expand_command(),
                           debug_ignore_command(), debug_manual_command(),   debug_namespaces_command(),
                           debug_parse_command(),  debug_plan_command(),     debug_reference_command(),
                           debug_resume_command()};
    return command;
}

}  // namespace builder
