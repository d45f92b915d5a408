#include "builder/commands/command_table.hpp"

namespace builder {

const std::vector<CommandMaker>& command_makers() {
    static const std::vector<CommandMaker> makers = {
        {{"add"}, add_command},
        {{"blame"}, blame_command},
        {{"build", "bud", "build-using-dockerfile"}, build_command},
        {{"builds"}, builds_command},
        {{"check"}, check_command},
        {{"commit"}, commit_command},
        {{"completion"}, completion_command},
        {{"config"}, config_command},
        {{"containers", "list", "ps"}, containers_command},
        {{"copy"}, copy_command},
        {{"debug"}, debug_command},
        {{"diff"}, diff_command},
        {{"du"}, du_command},
        {{"files"}, files_command},
        {{"from"}, from_command},
        {{"history"}, history_command},
        {{"images"}, images_command},
        {{"info"}, info_command},
        {{"inspect"}, inspect_command},
        {{"load"}, load_command},
        {{"login"}, login_command},
        {{"logout"}, logout_command},
        {{"logs"}, logs_command},
        {{"ls"}, ls_command},
        {{"manifest"}, manifest_command},
        {{"mount"}, mount_command},
        {{"outdated"}, outdated_command},
        {{"prune"}, prune_command},
        {{"pull"}, pull_command},
        {{"push"}, push_command},
        {{"rename"}, rename_command},
        {{"report"}, report_command},
        {{"rm", "delete"}, rm_command},
        {{"rmi"}, rmi_command},
        {{"run"}, run_command},
        {{"save"}, save_command},
        {{"setup"}, setup_command},
        {{"source"}, source_command},
        {{"tag"}, tag_command},
        {{"tags"}, tags_command},
        {{"transfer"}, transfer_command},
        {{"tree"}, tree_command},
        {{"umount", "unmount"}, umount_command},
        {{"unshare"}, unshare_command},
        {{"untag"}, untag_command},
        {{"version"}, version_command},
        {{"why"}, why_command},
    };
    return makers;
}

}  // namespace builder
