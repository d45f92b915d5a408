#include <algorithm>
#include <iostream>
#include <memory>

#include "builder/build/listed_images.hpp"
#include "builder/build/local_images.hpp"
#include "builder/build/manifest_list.hpp"
#include "builder/cli/context.hpp"
#include "builder/commands/command_table.hpp"
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
    for (const layers::ContainerRecord& container : store.list_containers()) {
        if (container.image_id != image.id) continue;
        if (!force)
            throw Error("the image {} is in use by the container {} ({})",
                        quoted(image.names.empty() ? std::string(image.id.hex().substr(0, 12)) : image.names.front()),
                        quoted(container.name), container.id.substr(0, 12))
                .with_hint("remove the container first, or both with --force");
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
        throw Error("image {} has {} names: {}", quoted(text), image.names.size(), fmt::join(image.names, ", "))
            .with_hint("remove it by name, or with --force");
    remove_whole(store, image, options.force);
}

/// All that can be removed is; the first failure is reported.
void remove_each(layers::Store& store, const Words& words, const RmiOptions& options) {
    std::optional<Error> failure;
    const auto attempt = [&](const auto& removal) {
        try {
            removal();
        } catch (const Error& error) {
            if (!failure) failure = error;
        }
    };
    const auto lists = lists_of_images(store);
    if (options.all || options.prune)
        for (const ImageRecord& image : store.list_images())
            if (options.all || (image.names.empty() && !lists.contains(image.id.text())))
                attempt([&] { remove_whole(store, image, options.force); });
    for (const std::string& word : words) attempt([&] { remove_one(store, word, options); });
    store.collect_garbage();
    if (failure) throw Error(*failure);
}

int remove_images(Context& context, const Words& words, const RmiOptions& options) {
    if (words.empty() && !options.all && !options.prune)
        throw Error("builder rmi needs the name or the ID of an image")
            .with_hint("--all removes all, --prune those without a name");
    if ((options.all || options.prune) && !words.empty()) throw Error("--all and --prune take no names");
    if (options.all && options.prune) throw Error("--all and --prune exclude each other");
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
