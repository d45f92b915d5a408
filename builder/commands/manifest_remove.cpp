#include <iostream>

#include "builder/build/manifest_list.hpp"
#include "builder/cli/context.hpp"
#include "builder/commands/manifest.hpp"

namespace builder {

Command manifest_remove_command() {
    Command command;
    command.name = "remove";
    command.summary = "take a member out of a manifest list";
    command.usage = "LIST DIGEST|IMAGE";
    command.fewest_words = command.most_words = 2;
    command.run = [](Context& context, const Words& words) {
        ManifestList list = ManifestList::require(context.store(), words.front());
        const layers::Digest digest = list.member(context.store(), words[1]).digest();
        list.remove(digest);
        list.save(context.store());
        std::cout << list.digest().hex() << ": " << digest.text() << "\n";
        return 0;
    };
    return command;
}

}  // namespace builder
