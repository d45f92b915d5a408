// All commands. This is the only place that names them all.
#pragma once

#include <vector>

#include "builder/cli/command.hpp"

namespace builder {

Command add_command();
Command blame_command();
Command build_command();
Command builds_command();
Command check_command();
Command commit_command();
Command completion_command();
Command config_command();
Command containers_command();
Command copy_command();
Command debug_command();
Command diff_command();
Command du_command();
Command files_command();
Command from_command();
Command history_command();
Command images_command();
Command info_command();
Command inspect_command();
Command load_command();
Command login_command();
Command logout_command();
Command logs_command();
Command ls_command();
Command manifest_command();
Command mount_command();
Command outdated_command();
Command prune_command();
Command pull_command();
Command push_command();
Command rename_command();
Command report_command();
Command rm_command();
Command rmi_command();
Command run_command();
Command save_command();
Command setup_command();
Command source_command();
Command tag_command();
Command tags_command();
Command transfer_command();
Command tree_command();
Command umount_command();
Command unshare_command();
Command untag_command();
Command version_command();
Command why_command();

/// The functions that make them, with their names, so that only the one that is asked for is made.
struct CommandMaker {
    std::vector<const char*> names;  ///< the first is the one that help shows
    Command (*make)();
};
const std::vector<CommandMaker>& command_makers();

}  // namespace builder
