#include <iostream>
#include <memory>

#include "builder/build/local_images.hpp"
#include "builder/build/transfer.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/command_table.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct PushOptions {
    std::string format;
    std::string digest_file;
    bool all = false;
    bool quiet = false;
    bool removes_signatures = false;
    PackingFlags packing;
    RegistryFlags access;
};

registry::ExportOptions make_options(const PushOptions& options) {
    registry::ExportOptions result = make_packing(options.packing);
    if (options.format == "oci")
        result.format = layers::Flavour::oci;
    else if (options.format == "docker" || options.format == "v2s2")
        result.format = layers::Flavour::docker;
    else if (!options.format.empty())
        throw Error("--format takes oci or v2s2, not {}", quoted(options.format));
    return result;
}

int push(Context& context, const Words& words, const PushOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    const registry::ExportOptions export_options = make_options(options);
    const layers::ImageRecord image = require_local_image(context.store(), words.front());
    registry::Registries registries(access_options(context, options.access), stop);
    const std::string place = words.size() < 2 ? "docker://" + words.front() : words[1];
    const layers::Digest digest = export_to(context.store(), image, place, export_options, registries);
    if (!options.digest_file.empty()) runtime::replace_file(options.digest_file, digest.text());
    if (!options.quiet) std::cerr << "wrote " << place << ", manifest " << digest.text() << "\n";
    return 0;
}

}  // namespace

Command push_command() {
    auto options = std::make_shared<PushOptions>();
    Command command;
    command.name = "push";
    command.group = "Images";
    command.summary = "write an image to a registry or another place";
    command.usage = "[flags] IMAGE [DESTINATION]";
    command.flags = {flag("format", 'f', "FORMAT", "oci or v2s2; the image's own by default", options->format),
                     flag("digestfile", 0, "FILE", "write the manifest's digest to a file", options->digest_file),
                     flag("all", 0, "with a manifest list, all of its images", options->all),
                     flag("remove-signatures", 0, "accepted: signatures are not kept", options->removes_signatures),
                     flag("quiet", 'q', "print nothing", options->quiet)};
    for (Flag& entry : packing_flags(options->packing)) command.flags.push_back(std::move(entry));
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return push(context, words, *options); };
    return command;
}

}  // namespace builder
