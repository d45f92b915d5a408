#include <unistd.h>

#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/image_archives.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/place_names.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct LoadOptions {
    std::string input;
    std::string platform;
    bool replaces = false;
    bool quiet = false;
};

/// The names that the image has now.
std::vector<std::string> give_names(layers::Store& store, const LoadedImage& loaded, bool replaces) {
    if (replaces)
        for (const std::string& name : loaded.names) store.images().add_name(loaded.image.id, name);
    else
        give_free_names(store, loaded.image, loaded.names);
    std::vector<std::string> names;
    for (const std::string& name : loaded.names)
        if (const auto owner = store.images().find_by_name(name); owner && owner->id.text() == loaded.image.id.text())
            names.push_back(name);
    return names;
}

void tell(layers::Store& store, const LoadedImage& loaded, const LoadOptions& options) {
    const std::vector<std::string> names = give_names(store, loaded, options.replaces);
    if (options.quiet || names.empty())
        std::cout << (options.quiet ? "" : "Loaded image ID: ") << loaded.image.id.text() << std::endl;
    else
        for (const std::string& name : names) std::cout << "Loaded image: " << name << std::endl;
}

int load(Context& context, const LoadOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    if (options.input.empty() && ::isatty(STDIN_FILENO) == 1)
        throw runtime::Error("an archive is not read from a terminal")
            .with_hint("name a file with --input, or use a pipe");
    registry::Registries registries({}, stop);
    const std::string platform = layers::format_platform(
        options.platform.empty() ? layers::host_platform()
                                 : layers::normalized(layers::parse_platform(options.platform)));
    const std::string file = options.input.empty() ? "-" : options.input;
    load_images(context.store(), file, platform, registries,
                [&](const LoadedImage& loaded) { tell(context.store(), loaded, options); });
    return 0;
}

}  // namespace

Command load_command() {
    auto options = std::make_shared<LoadOptions>();
    Command command;
    command.name = "load";
    command.group = "Images";
    command.summary = "bring the images of an archive into local storage, with their names";
    command.usage = "[flags]";
    command.flags = {
        flag("input", 'i', "FILE", "read from a file (default: standard input)", options->input),
        flag("platform", 0, "OS/ARCH", "which image of a list for several platforms", options->platform),
        flag("replace", 0, "names that other images have here go to the loaded ones", options->replaces),
        flag("quiet", 'q', "print only IDs", options->quiet),
    };
    command.run = [options](Context& context, const Words&) { return load(context, *options); };
    return command;
}

}  // namespace builder
