#include <cstdlib>
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/config_changes.hpp"
#include "builder/cli/warning_line.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/working_container.hpp"

namespace builder {

Command config_command() {
    struct Options {
        ConfigChanges changes;
        bool add_history = false;
    };
    auto options = std::make_shared<Options>();
    Command command;
    command.name = "config";
    command.group = "Containers";
    command.summary = "update the image configuration settings of a working container";
    command.usage = "[flags] CONTAINER";
    command.flags = config_flags(options->changes);
    command.flags.push_back(flag("add-history", 0, "add the change to the image's history", options->add_history));
    command.fewest_words = command.most_words = 1;
    take_from_environment(command.flags, "add-history", "HISTORY");
    command.run = [options](Context& context, const Words& words) {
        layers::Store& store = context.store();
        const std::string id = require_container(store, words.front()).id;
        std::vector<std::string> warnings;
        store.containers().change(id, [&](layers::ContainerRecord& record) {
            ContainerState state = parse_container_state(record.state);
            for (const std::string& text : apply_changes(options->changes, state, warnings))
                if (options->add_history) add_empty_history(state, "/bin/sh -c #(nop) " + text);
            record.state = write_container_state(state);
        });
        for (const std::string& warning : warnings) std::cerr << warning_line(warning);
        return 0;
    };
    return command;
}

}  // namespace builder
