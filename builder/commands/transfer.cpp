// `copy` is taken: it is Buildah's command for files of containers.
#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/direct_copy.hpp"
#include "builder/images/written_image.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

struct TransferOptions {
    std::string platform;
    std::string digest_file;
    bool quiet = false;
    RegistryFlags access;
};

int transfer(Context& context, const Words& words, const TransferOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::AccessOptions access = access_options(context, options.access, words);
    access.observer = make_transfer_progress(options.quiet);
    registry::Registries registries(std::move(access), stop);
    try {
        const layers::oci::Descriptor written =
            copy_directly(context.store(), words[0], words[1], options.platform, registries);
        if (!options.digest_file.empty()) write_digest_file(options.digest_file, written.digest_text);
        if (!options.quiet) std::cerr << describe(WrittenImage{words[1], written}) << "\n";
    } catch (runtime::Error& error) {
        error.add_context("copying {} to {}", runtime::quoted(words[0]), runtime::quoted(words[1]));
        throw;
    }
    return 0;
}

}  // namespace

Command transfer_command() {
    auto options = std::make_shared<TransferOptions>();
    Command command;
    command.name = "transfer";
    command.group = "Registries";
    command.summary = "copy an image from one place to another as it is, without keeping it here";
    command.usage = "[flags] SOURCE DESTINATION";
    command.flags = {
        flag("digestfile", 0, "FILE", "write the digest of the manifest to a file", options->digest_file),
        flag("platform", 0, "OS/ARCH", "copy only the image for this platform (default: all, with their index)",
             options->platform),
        flag("quiet", 'q', "print nothing on success", options->quiet),
    };
    for (Flag& one : registry_flags(options->access)) command.flags.push_back(std::move(one));
    command.fewest_words = command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return transfer(context, words, *options); };
    return command;
}

}  // namespace builder
