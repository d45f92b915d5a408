#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/manifest_list.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

Command manifest_remove_command() {
    auto access = std::make_shared<RegistryFlags>();
    Command command;
    command.name = "remove";
    command.summary = "remove an image from a manifest list";
    command.usage = "LIST DIGEST|IMAGE";
    command.fewest_words = 2;
    command.most_words = 1000;
    for (Flag& entry : registry_flags(*access)) command.flags.push_back(std::move(entry));
    command.run = [access](Context& context, const Words& words) {
        if (words.size() > 2)
            throw runtime::Error(
                "at least two arguments are necessary: list and digest of instance to remove from list");
        runtime::StopSource stop;
        const SignalWatch signals(stop);
        registry::Registries registries(access_options(context, *access, {}), stop);
        ManifestList list = ManifestList::require(context.store(), words.front());
        const layers::Digest digest = list.member(context.store(), words[1], registries).digest();
        list.remove(digest);
        list.save(context.store());
        std::cout << list.id().hex() << ": " << digest.text() << "\n";
        return 0;
    };
    return command;
}

}  // namespace builder
