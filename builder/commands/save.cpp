#include <unistd.h>

#include <algorithm>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/additional_stores.hpp"
#include "builder/images/image_archives.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/transfer.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

struct SaveOptions {
    std::string output;
    std::string format = "docker-archive";
    bool multiple = false;
    bool quiet = false;
};

/// An image that is named twice is there once, with both names.
std::vector<SavedImage> find_images(layers::Store& store, const Words& words) {
    std::vector<SavedImage> images;
    for (const std::string& word : words) {
        bring_from_additional_stores(store, word, runtime::StopSource());
        layers::ImageRecord image = require_local_image(store, word);
        const std::string name = name_of_image(image, word);
        auto known = std::find_if(images.begin(), images.end(),
                                  [&](const SavedImage& one) { return one.image.id.text() == image.id.text(); });
        if (known == images.end()) known = images.insert(images.end(), SavedImage{std::move(image), {}});
        const bool is_new = std::find(known->names.begin(), known->names.end(), name) == known->names.end();
        if (!name.empty() && is_new) known->names.push_back(name);
    }
    return images;
}

/// The other forms hold one image.
void save_as(layers::Store& store, const SavedImage& one, const std::string& transport, const std::string& file,
             registry::Registries& registries) {
    layers::ImageRecord image = one.image;
    image.names = one.names;
    const std::string name = one.names.empty() || transport == "dir" ? "" : ":" + one.names.front();
    export_to(store, image, transport + ":" + file + name, {}, registries);
}

int save(Context& context, const Words& words, const SaveOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1)
        throw Error("an archive is not written to a terminal").with_hint("name a file with --output, or use a pipe");
    registry::Registries registries({}, stop);
    layers::Store& store = context.store();
    const std::vector<SavedImage> images = find_images(store, words);
    const std::string file = options.output.empty() ? "-" : options.output;
    if (options.format != "docker-archive" && file.find(':') != std::string::npos)
        throw Error("{} has a colon, which ends the name of a file there", runtime::quoted(file))
            .with_hint("--format docker-archive takes it");
    if (options.format == "docker-archive") {
        save_images(store, images, file, registries);
        return 0;
    }
    const bool is_folder = options.format == "oci-dir" || options.format == "docker-dir";
    if (!is_folder && options.format != "oci-archive")
        throw Error("unknown format {}", runtime::quoted(options.format))
            .with_hint("--format takes docker-archive, oci-archive, oci-dir or docker-dir");
    if (images.size() > 1)
        throw Error("--format {} holds one image, not {}", options.format, images.size())
            .with_hint("docker-archive holds several");
    if (is_folder && file == "-") throw Error("--format {} needs --output FOLDER", options.format);
    const char* const transport = options.format == "oci-archive" ? "oci-archive"
                                  : options.format == "oci-dir"   ? "oci"
                                                                  : "dir";
    save_as(store, images.front(), transport, file, registries);
    return 0;
}

}  // namespace

Command save_command() {
    auto options = std::make_shared<SaveOptions>();
    Command command;
    command.name = "save";
    command.group = "Images";
    command.summary = "write images into an archive, which load, docker load and podman load read";
    command.usage = "[flags] IMAGE...";
    command.flags = {
        flag("output", 'o', "FILE", "write to a file (default: standard output)", options->output),
        flag("format", 0, "FORMAT", "docker-archive, oci-archive, oci-dir or docker-dir (default: docker-archive)",
             options->format),
        flag("multi-image-archive", 'm', "accepted for compatibility; several images may always be named",
             options->multiple),
        flag("quiet", 'q', "accepted for compatibility; nothing is printed anyway", options->quiet),
    };
    command.fewest_words = 1;
    command.most_words = SIZE_MAX;
    command.run = [options](Context& context, const Words& words) { return save(context, words, *options); };
    return command;
}

}  // namespace builder
