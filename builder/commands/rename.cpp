#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"

namespace builder {

Command rename_command() {
    Command command;
    command.name = "rename";
    command.group = "Containers";
    command.summary = "rename a working container";
    command.usage = "CONTAINER NAME";
    command.fewest_words = command.most_words = 2;
    command.run = [](Context& context, const Words& words) {
        layers::Store& store = context.store();
        const layers::ContainerRecord own = require_container(store, words[0]);
        const std::string id = own.id;
        if (own.name == words[1]) throw runtime::Error("renaming a container with the same name as its current name");
        if (const auto other = store.containers().find_by_name(words[1]))
            throw runtime::Error("the container name \"{}\" is already in use by container \"{}\"", words[1],
                                 other->id);
        store.containers().change(id, [&](layers::ContainerRecord& container) { container.name = words[1]; });
        return 0;
    };
    return command;
}

}  // namespace builder
