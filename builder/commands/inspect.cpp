#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/build/local_images.hpp"
#include "builder/cli/context.hpp"
#include "builder/commands/command_table.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct InspectOptions {
    std::string type = "image";
};

int inspect(Context& context, const Words& words, const InspectOptions& options) {
    if (options.type != "image") throw runtime::Error("--type takes image, not {}", runtime::quoted(options.type));
    const layers::ImageRecord image = require_local_image(context.store(), words.front());
    const nlohmann::json config = nlohmann::json::parse(image.config);
    nlohmann::json layers = nlohmann::json::array();
    for (const layers::LayerRecord& layer : context.store().layers_of_image(image.id))
        layers.push_back({{"diff_id", layer.diff_id.text()}, {"size", layer.tar_bytes}, {"folder", layer.folder}});
    const nlohmann::json document = {{"Type", "image"},
                                     {"FromImageID", image.id.hex()},
                                     {"FromImageDigest", image.manifest_digest.text()},
                                     {"Names", image.names},
                                     {"Config", config},
                                     {"Manifest", nlohmann::json::parse(image.manifest)},
                                     {"Layers", layers},
                                     {"OCIv1", config},
                                     {"Docker", config}};
    std::cout << document.dump(4) << "\n";
    return 0;
}

}  // namespace

Command inspect_command() {
    auto options = std::make_shared<InspectOptions>();
    Command command;
    command.name = "inspect";
    command.group = "Images";
    command.summary = "print everything about an image as JSON";
    command.usage = "[flags] IMAGE";
    command.flags = {flag("type", 't', "KIND", "what to look for: image", options->type)};
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return inspect(context, words, *options); };
    return command;
}

}  // namespace builder
