#include "builder/cli/context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/container/working_container.hpp"

namespace builder {

Command rename_command() {
    Command command;
    command.name = "rename";
    command.group = "Containers";
    command.summary = "give a working container another name";
    command.usage = "CONTAINER NAME";
    command.fewest_words = command.most_words = 2;
    command.run = [](Context& context, const Words& words) {
        layers::Store& store = context.store();
        const std::string id = require_container(store, words[0]).id;
        store.change_container(id, [&](layers::ContainerRecord& container) { container.name = words[1]; });
        return 0;
    };
    return command;
}

}  // namespace builder
