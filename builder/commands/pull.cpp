#include <iostream>
#include <memory>

#include "builder/build/local_images.hpp"
#include "builder/build/transfer.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct PullOptions {
    std::string platform;
    std::string policy = "missing";
    bool quiet = false;
};

int pull(Context& context, const Words& words, const PullOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    const std::string platform =
        options.platform.empty() ? layers::format_platform(layers::host_platform()) : options.platform;
    auto image = import_from(context.store(), words.front(), platform, stop);
    if (!image) image = find_local_image(context.store(), words.front());
    if (!image)
        throw runtime::Error("cannot pull {}: builder does not talk to registries yet", runtime::quoted(words.front()))
            .with_hint("oci:, oci-archive:, docker-archive: and dir: are there");
    std::cout << image->id.hex() << "\n";
    return 0;
}

}  // namespace

Command pull_command() {
    auto options = std::make_shared<PullOptions>();
    Command command;
    command.name = "pull";
    command.group = "Images";
    command.summary = "bring an image into the store";
    command.usage = "[flags] IMAGE";
    command.flags = {flag("platform", 0, "OS/ARCH", "the platform to choose", options->platform),
                     flag("policy", 0, "POLICY", "always, missing, never or newer", options->policy),
                     flag("quiet", 'q', "print only the image ID", options->quiet)};
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) { return pull(context, words, *options); };
    return command;
}

}  // namespace builder
