#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_removal.hpp"
#include "builder/containers/transient_containers.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

void remove(layers::Store& store, const layers::ContainerRecord& container) {
    remove_working_container(store, container);
    std::cout << container.id << "\n";
}

/// All that can be removed is. Each failure is told, the last one as the command's own.
int remove_containers(Context& context, const Words& words, bool all) {
    layers::Store& store = context.store();
    remove_transient_containers(store);
    if (all && !words.empty())
        throw runtime::Error("when using the --all switch, you may not pass any containers names or IDs");
    if (!all && words.empty()) throw runtime::Error("container ID must be specified").with_hint("--all removes all");
    if (all)
        for (const layers::ContainerRecord& container : store.containers().list()) remove(store, container);
    std::optional<runtime::Error> failure;
    for (const std::string& word : words) {
        try {
            remove(store, require_container(store, word, fmt::format("removing container \"{}\"", word)));
        } catch (const runtime::Error& error) {
            if (failure) std::cerr << failure->full_message() << "\n";
            failure = error;
        }
    }
    if (failure) throw runtime::Error(*failure);
    return 0;
}

}  // namespace

Command rm_command() {
    auto all = std::make_shared<bool>(false);
    Command command;
    command.name = "rm";
    command.aliases = {"delete"};
    command.group = "Containers";
    command.summary = "remove working containers";
    command.usage = "[flags] CONTAINER…";
    command.flags = {flag("all", 'a', "remove all containers", *all)};
    command.most_words = 100'000;
    command.run = [all](Context& context, const Words& words) { return remove_containers(context, words, *all); };
    return command;
}

}  // namespace builder
