#include "builder/cli/command_context.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"

namespace builder {

Command manifest_exists_command() {
    Command command;
    command.name = "exists";
    command.summary = "check whether a manifest list exists: exit code 0 if it does, else 1";
    command.usage = "LIST";
    command.fewest_words = command.most_words = 1;
    command.run = [](Context& context, const Words& words) {
        if (ManifestList::find(context.store(), words.front())) return 0;
        if (find_local_image(context.store(), words.front())) ManifestList::require(context.store(), words.front());
        return 1;
    };
    return command;
}

}  // namespace builder
