#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/kept_volumes.hpp"
#include "builder/images/image_family.hpp"
#include "builder/images/listed_images.hpp"

namespace builder {
namespace {

struct PruneOptions {
    bool all = false;
    bool force = false;
};

int prune(Context& context, const PruneOptions& options) {
    layers::Store& store = context.store();
    const auto lists = lists_of_images(store);
    std::string removed;
    store.transactions().remove_durably([&] {
        removed.clear();
        const std::vector<layers::ImageRecord> images = store.images().list();
        ImageFamily family(images);
        // The newest first, and so those that stand on others before these.
        for (const layers::ImageRecord& image : images) {
            const bool is_wanted =
                !image.names.empty() || family.has_children(image.id) || lists.contains(image.id.text());
            if (!options.all && is_wanted) continue;
            if (!store.containers().of_image(image.id).empty()) continue;
            store.images().remove(image.id);
            family.forget(image.id);
            removed += fmt::format("{}\n", image.id.hex());
        }
    });
    std::cout << removed;
    remove_stray_volumes(store);
    const int records = store.garbage().clear_cache();
    const std::int64_t freed_bytes = store.garbage().collect() + store.garbage().clear_kept_folders();
    std::cerr << "removed " << records << " cache records, freed " << human_size(freed_bytes) << "\n";
    return 0;
}

}  // namespace

Command prune_command() {
    auto options = std::make_shared<PruneOptions>();
    Command command;
    command.name = "prune";
    command.group = "System";
    command.summary = "remove the build cache, cache mounts and dangling images";
    command.usage = "[flags]";
    command.flags = {flag("all", 'a', "remove all images", options->all),
                     flag("force", 'f', "accepted for compatibility; builder never asks", options->force)};
    command.run = [options](Context& context, const Words&) { return prune(context, *options); };
    return command;
}

}  // namespace builder
