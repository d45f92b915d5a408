#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct CreateOptions {
    RegistryFlags access;
    std::map<std::string, std::string> annotations;
    MemberFields fields;  ///< which member of other lists is taken
    bool all = false;
    bool amends = false;
    bool replaces = false;
};

int create(Context& context, const Words& words, const CreateOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {words.begin() + 1, words.end()}), stop);
    layers::Store& store = context.store();
    auto known = ManifestList::find(store, words.front());
    if (known && !options.amends && !options.replaces)
        throw runtime::Error("image name \"{}\" is already associated with image \"{}\": that name is already in use",
                             known->name(), known->id().hex())
            .with_hint("--amend adds to it, --replace makes it anew");
    if (const auto image = find_local_image(store, words.front()); image && !known && !options.replaces)
        throw runtime::Error("image name \"{}\" is already associated with image \"{}\": that name is already in use",
                             name_of_image(*image, words.front()), image->id.hex())
            .with_hint("name the list otherwise; --replace takes the name from the image");
    ManifestList list = known && options.amends ? *std::move(known) : ManifestList(words.front());
    for (std::size_t i = 1; i < words.size(); ++i)
        list.add_image(store, words[i], options.all, options.fields, registries);
    for (const auto& [key, value] : options.annotations) list.index().annotations[key] = value;
    list.save(store);
    std::cout << list.id().hex() << "\n";
    return 0;
}

}  // namespace

Command manifest_create_command() {
    auto options = std::make_shared<CreateOptions>();
    Command command;
    command.name = "create";
    command.summary = "create a manifest list";
    command.usage = "[flags] LIST [IMAGE...]";
    command.flags = registry_flags(options->access);
    command.flags.push_back(flag("all", 0, "add all images of manifest lists", options->all));
    command.flags.push_back(flag("amend", 0, "add to an existing list of that name", options->amends));
    command.flags.push_back(flag("replace", 0, "replace an existing list of that name", options->replaces));
    command.flags.push_back(flag("annotation", 0, "NAME=VALUE", "add an annotation to the list", options->annotations));
    command.flags.push_back(
        flag("os", 0, "OS", "operating system of the image to choose from a list", options->fields.os));
    command.flags.push_back(
        flag("arch", 0, "ARCH", "architecture of the image to choose from a list", options->fields.architecture));
    command.flags.push_back(flag("variant", 0, "VARIANT", "variant of the architecture", options->fields.variant));
    command.fewest_words = 1;
    command.most_words = 1000;
    command.run = [options](Context& context, const Words& words) { return create(context, words, *options); };
    return command;
}

}  // namespace builder
