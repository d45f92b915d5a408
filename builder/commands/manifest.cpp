#include "builder/commands/manifest.hpp"

#include "builder/commands/command_table.hpp"

namespace builder {

Command manifest_command() {
    Command command;
    command.name = "manifest";
    command.group = "Registries";
    command.summary = "manage manifest lists";
    command.usage = "SUBCOMMAND [flags] [words]";
    command.subcommands = {manifest_add_command(),    manifest_annotate_command(), manifest_create_command(),
                           manifest_exists_command(), manifest_inspect_command(),  manifest_push_command(),
                           manifest_remove_command(), manifest_rm_command()};
    return command;
}

}  // namespace builder
