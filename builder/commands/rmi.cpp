#include <algorithm>
#include <iostream>
#include <memory>

#include "builder/build/listed_images.hpp"
#include "builder/build/local_images.hpp"
#include "builder/build/manifest_list.hpp"
#include "builder/cli/context.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/commands/failures.hpp"
#include "builder/container/kept_volumes.hpp"
#include "registry/reference.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::ImageRecord;
using runtime::Error;
using runtime::quoted;

struct RmiOptions {
    bool all = false;
    bool force = false;
    bool prune = false;
};

/// Containers keep the image that they are made from, unless they are to go with it.
void free_of_containers(layers::Store& store, const ImageRecord& image, bool force) {
    for (const std::string& id : store.containers_of_image(image.id)) {
        const auto found = store.find_containers_by_prefix(id);
        if (found.empty()) continue;
        const layers::ContainerRecord& container = found.front();
        if (!force)
            throw Error(
                "image used by {}: image is in use by a container: consider listing external containers and "
                "force-removing image",
                container.id)
                .with_hint(fmt::format("remove the container {} first, or both with --force", quoted(container.name)));
        remove_working_container(store, container);
    }
}

void remove_whole(layers::Store& store, const ImageRecord& image, bool force) {
    free_of_containers(store, image, force);
    store.remove_image(image.id);
    for (const std::string& name : image.names) std::cout << "untagged: " << name << "\n";
    std::cout << image.id.hex() << "\n";
}

/// With those of its images that nothing else names.
void remove_list(layers::Store& store, ManifestList& list, bool force) {
    store.remove_manifest_list(list.name());
    std::cout << "untagged: " << list.name() << "\n";
    const auto lists = lists_of_images(store);
    for (const layers::oci::Descriptor& member : list.index().manifests) {
        const auto id = list.image_of(member);
        const auto image = id ? store.find_image(*id) : std::nullopt;
        if (image && image->names.empty() && !lists.contains(id->text())) remove_whole(store, *image, force);
    }
}

/// A name of an image that has others just loses that name.
void remove_one(layers::Store& store, const std::string& text, const RmiOptions& options) {
    if (auto list = ManifestList::find(store, text)) return remove_list(store, *list, options.force);
    const ImageRecord image = require_local_image(store, text);
    const bool is_id = text.starts_with("sha256:") || registry::is_image_id(text);
    const std::vector<std::string> wanted = is_id ? std::vector<std::string>{} : candidate_names(text);
    for (const std::string& name : wanted) {
        if (std::find(image.names.begin(), image.names.end(), name) == image.names.end()) continue;
        if (image.names.size() == 1) return remove_whole(store, image, options.force);
        store.remove_name(name);
        std::cout << "untagged: " << name << "\n";
        return;
    }
    if (image.names.size() > 1 && !options.force)
        throw Error("unable to delete image \"{}\" by ID with more than one tag ([{}]): please force removal",
                    image.id.hex(), fmt::join(image.names, " "))
            .with_hint("remove it by name, or with --force");
    remove_whole(store, image, options.force);
}

/// All that can be removed is; then the failures are told.
void remove_each(layers::Store& store, const Words& words, const RmiOptions& options) {
    Failures failures;
    const auto lists = lists_of_images(store);
    if (options.all || options.prune)
        for (const ImageRecord& image : store.list_images())
            if (options.all || (image.names.empty() && !lists.contains(image.id.text())))
                failures.attempt([&] { remove_whole(store, image, options.force); });
    for (const std::string& word : words) failures.attempt([&] { remove_one(store, word, options); });
    store.collect_garbage();
    failures.throw_if_any();
}

int remove_images(Context& context, const Words& words, const RmiOptions& options) {
    if (words.empty() && !options.all && !options.prune)
        throw Error("image name or ID must be specified").with_hint("--all removes all, --prune those without a name");
    if (options.all && !words.empty())
        throw Error("when using the --all switch, you may not pass any images names or IDs");
    if (options.all && options.prune) throw Error("when using the --all switch, you may not use --prune switch");
    if (options.prune && !words.empty())
        throw Error("when using the --prune switch, you may not pass any images names or IDs");
    remove_each(context.store(), words, options);
    return 0;
}

}  // namespace

Command rmi_command() {
    auto options = std::make_shared<RmiOptions>();
    Command command;
    command.name = "rmi";
    command.group = "Images";
    command.summary = "remove images from the store";
    command.usage = "[flags] IMAGE…";
    command.flags = {flag("all", 'a', "remove all images", options->all),
                     flag("force", 'f', "remove an image with all its names and containers", options->force),
                     flag("prune", 'p', "remove all images without a name", options->prune)};
    command.most_words = 10'000;
    command.run = [options](Context& context, const Words& words) { return remove_images(context, words, *options); };
    return command;
}

}  // namespace builder
