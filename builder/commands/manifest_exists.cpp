#include "builder/build/manifest_list.hpp"
#include "builder/cli/context.hpp"
#include "builder/commands/manifest.hpp"

namespace builder {

Command manifest_exists_command() {
    Command command;
    command.name = "exists";
    command.summary = "tell by the exit code whether there is a manifest list: 0, or 1 where there is none";
    command.usage = "LIST";
    command.fewest_words = command.most_words = 1;
    command.run = [](Context& context, const Words& words) {
        return ManifestList::find(context.store(), words.front()) ? 0 : 1;
    };
    return command;
}

}  // namespace builder
