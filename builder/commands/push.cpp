#include <iostream>
#include <memory>

#include "builder/build/local_images.hpp"
#include "builder/build/manifest_list.hpp"
#include "builder/build/transfer.hpp"
#include "builder/build/written_image.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "builder/commands/command_table.hpp"
#include "registry/signing/simple_signing.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct PushOptions {
    std::string format;
    std::string digest_file;
    std::string sign_by;
    bool all = true;
    bool removes = false;
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
        throw Error("unknown format \"{}\". Choose on of the supported formats: 'oci', 'v2s1', or 'v2s2'",
                    options.format)
            .with_hint("builder writes oci and v2s2");
    return result;
}

int push(Context& context, const Words& words, const PushOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    const registry::ExportOptions export_options = make_options(options);
    layers::Store& store = context.store();
    const std::string place = words.size() < 2 ? "docker://" + words.front() : words[1];
    registry::AccessOptions access = access_options(context, options.access, {place});
    access.observer = make_transfer_progress(options.quiet);
    registry::Registries registries(std::move(access), stop);
    if (!options.sign_by.empty()) registry::check_can_be_signed(place);
    auto list = ManifestList::find(store, words.front());
    const layers::oci::Descriptor manifest =
        list ? list->push(store, place, options.all, export_options, {}, registries)
             : export_to(store, require_local_image(store, words.front()), place, export_options, registries);
    if (!options.sign_by.empty()) registry::sign_image(place, manifest.digest(), options.sign_by, stop);
    if (list && options.removes) store.remove_manifest_list(list->name());
    if (!options.digest_file.empty()) runtime::replace_file(options.digest_file, manifest.digest_text);
    if (!options.quiet) std::cerr << describe(WrittenImage{place, manifest}) << "\n";
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
                     flag("all", 0, "with a manifest list, its images too (on by default)", options->all),
                     flag("rm", 0, "forget a manifest list when it is written", options->removes),
                     flag("remove-signatures", 0, "accepted: signatures are not kept", options->removes_signatures),
                     flag("sign-by", 0, "KEY", "sign the image with a key of GnuPG", options->sign_by),
                     missing_flag("encrypt-layer", 0, "NUMBER", "a layer to encrypt"),
                     missing_flag("encryption-key", 0, "KEY", "the key to encrypt with"),
                     flag("quiet", 'q', "print nothing", options->quiet)};
    for (Flag& entry : packing_flags(options->packing)) command.flags.push_back(std::move(entry));
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return push(context, words, *options); };
    return command;
}

}  // namespace builder
