#include "builder/commands/command_table.hpp"

namespace builder {

const std::vector<CommandMaker>& command_makers() {
    static const std::vector<CommandMaker> makers = {
        {{"build", "bud", "build-using-dockerfile"}, build_command},
        {{"debug"}, debug_command},
        {{"images"}, images_command},
        {{"info"}, info_command},
        {{"inspect"}, inspect_command},
        {{"login"}, login_command},
        {{"logout"}, logout_command},
        {{"manifest"}, manifest_command},
        {{"prune"}, prune_command},
        {{"pull"}, pull_command},
        {{"push"}, push_command},
        {{"rmi"}, rmi_command},
        {{"tag"}, tag_command},
        {{"version"}, version_command},
    };
    return makers;
}

}  // namespace builder
