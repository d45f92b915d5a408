#include <fmt/format.h>

#include <iostream>

#include "builder/cli/command_context.hpp"
#include "builder/cli/failures.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/manifest_list.hpp"

namespace builder {

Command manifest_rm_command() {
    Command command;
    command.name = "rm";
    command.summary = "remove manifest lists; their images stay";
    command.usage = "LIST...";
    command.fewest_words = 1;
    command.most_words = 1000;
    command.run = [](Context& context, const Words& words) {
        Failures failures;
        std::string ids;
        for (const std::string& word : words)
            failures.attempt([&] {
                const ManifestList list = ManifestList::require(context.store(), word);
                context.store().manifest_lists().remove(list.name());
                std::cout << "untagged: " << list.name() << "\n";
                ids += fmt::format("{}\n", list.id().hex());
            });
        std::cout << ids;
        failures.throw_if_any();
        return 0;
    };
    return command;
}

}  // namespace builder
