#include <iostream>
#include <memory>

#include "builder/build/listed_images.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/container/kept_volumes.hpp"

namespace builder {
namespace {

struct PruneOptions {
    bool all = false;
    bool force = false;
};

int prune(Context& context, const PruneOptions& options) {
    layers::Store& store = context.store();
    const auto lists = lists_of_images(store);
    for (const layers::ImageRecord& image : store.list_images()) {
        if (!options.all && (!image.names.empty() || lists.contains(image.id.text()))) continue;
        if (!store.containers_of_image(image.id).empty()) continue;
        store.remove_image(image.id);
        std::cout << image.id.hex() << "\n";
    }
    remove_stray_volumes(store);
    const int records = store.clear_cache();
    const std::int64_t freed_bytes = store.collect_garbage() + store.clear_kept_folders();
    std::cerr << "removed " << records << " cache records, freed " << human_size(freed_bytes) << "\n";
    return 0;
}

}  // namespace

Command prune_command() {
    auto options = std::make_shared<PruneOptions>();
    Command command;
    command.name = "prune";
    command.group = "System";
    command.summary = "remove the build cache, the caches of RUN --mount, and all images without a name";
    command.usage = "[flags]";
    command.flags = {flag("all", 'a', "remove all images", options->all),
                     flag("force", 'f', "accepted: nothing asks", options->force)};
    command.run = [options](Context& context, const Words&) { return prune(context, *options); };
    return command;
}

}  // namespace builder
