#include <algorithm>
#include <iostream>
#include <memory>

#include "builder/build/local_images.hpp"
#include "builder/cli/context.hpp"
#include "builder/commands/command_table.hpp"
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

void remove_whole(layers::Store& store, const ImageRecord& image) {
    for (const std::string& name : image.names) std::cout << "untagged: " << name << "\n";
    store.remove_image(image.id);
    std::cout << image.id.hex() << "\n";
}

/// A name of an image that has others just loses that name.
void remove_one(layers::Store& store, const std::string& text, const RmiOptions& options) {
    const ImageRecord image = require_local_image(store, text);
    const bool is_id = text.starts_with("sha256:") || registry::is_image_id(text);
    const std::vector<std::string> wanted = is_id ? std::vector<std::string>{} : candidate_names(text);
    for (const std::string& name : wanted) {
        if (std::find(image.names.begin(), image.names.end(), name) == image.names.end()) continue;
        if (image.names.size() == 1) return remove_whole(store, image);
        store.remove_name(name);
        std::cout << "untagged: " << name << "\n";
        return;
    }
    if (image.names.size() > 1 && !options.force)
        throw Error("image {} has {} names: {}", quoted(text), image.names.size(), fmt::join(image.names, ", "))
            .with_hint("remove it by name, or with --force");
    remove_whole(store, image);
}

int remove_images(Context& context, const Words& words, const RmiOptions& options) {
    layers::Store& store = context.store();
    if (words.empty() && !options.all && !options.prune)
        throw Error("builder rmi needs the name or the ID of an image")
            .with_hint("--all removes all, --prune those without a name");
    if ((options.all || options.prune) && !words.empty()) throw Error("--all and --prune take no names");
    if (options.all || options.prune)
        for (const ImageRecord& image : store.list_images())
            if (options.all || image.names.empty()) remove_whole(store, image);
    for (const std::string& word : words) remove_one(store, word, options);
    store.collect_garbage();
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
                     flag("force", 'f', "remove an image with all its names", options->force),
                     flag("prune", 'p', "remove all images without a name", options->prune)};
    command.most_words = 10'000;
    command.run = [options](Context& context, const Words& words) { return remove_images(context, words, *options); };
    return command;
}

}  // namespace builder
