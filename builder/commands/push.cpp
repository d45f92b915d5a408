#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/images/additional_stores.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "builder/images/written_image.hpp"
#include "registry/signing/simple_signing.hpp"
#include "registry/transport/location.hpp"
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
    EncryptionFlags encryption;
    RegistryFlags access;
};

/// Nothing: the image's own.
std::optional<layers::Flavour> parse_format(const std::string& format) {
    if (format.empty()) return std::nullopt;
    if (format == "oci") return layers::Flavour::oci;
    if (format == "docker" || format == "v2s2") return layers::Flavour::docker;
    throw Error("unknown format \"{}\". Choose on of the supported formats: 'oci', 'v2s1', or 'v2s2'", format)
        .with_hint("builder writes oci and v2s2");
}

/// zstd is for OCI images; an image of Docker's becomes one, unless its format is asked for.
void fit_format(const std::string& place, registry::ExportOptions& options) {
    if (options.compression != layers::Compression::zstd) return;
    const auto location = registry::parse_image_location(place);
    const bool is_archive = location && location->transport == registry::Transport::docker_archive;
    if (is_archive || options.format == layers::Flavour::docker)
        throw Error(
            "compression using zstd required together with format "
            "application/vnd.docker.distribution.manifest.v2+json, which does not support it");
    options.format = layers::Flavour::oci;
}

/// The image under the name that it is pushed by, and under no other one: an archive has the name.
layers::ImageRecord image_of_name(layers::Store& store, const std::string& text) {
    bring_from_additional_stores(store, text, runtime::StopSource());
    layers::ImageRecord image = require_local_image(store, text);
    const std::string name = name_of_image(image, text);
    image.names = name.empty() ? std::vector<std::string>{} : std::vector{name};
    return image;
}

layers::oci::Descriptor push_one(layers::Store& store, const std::string& image, const std::string& place,
                                 const PushOptions& options, registry::Registries& registries,
                                 runtime::StopSource& stop) {
    registry::ExportOptions packing = make_packing(options.packing);
    packing.format = parse_format(options.format);
    packing.encryption = make_encryption(options.encryption);
    fit_format(place, packing);
    if (!options.sign_by.empty()) registry::check_can_be_signed(place);
    auto list = ManifestList::find(store, image);
    layers::oci::Descriptor manifest = list ? list->push(store, place, options.all, packing, {}, registries)
                                            : export_to(store, image_of_name(store, image), place, packing, registries);
    if (!options.sign_by.empty()) registry::sign_image(place, manifest.digest(), options.sign_by, stop);
    if (list && options.removes) store.manifest_lists().remove(list->name());
    return manifest;
}

int push(Context& context, const Words& words, const PushOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    const std::string& image = words.front();
    if (image.empty()) throw Error("invalid image name \"\"").with_hint("builder images lists what there is");
    const std::string place = words.size() < 2 ? "docker://" + image : words[1];
    if (options.packing.compression && !options.packing.compression->empty() && *options.packing.compression != "none")
        static_cast<void>(parse_compression(*options.packing.compression));
    static_cast<void>(parse_format(options.format));
    static_cast<void>(make_encryption(options.encryption));
    registry::AccessOptions access = access_options(context, options.access, {place});
    access.observer = make_transfer_progress(options.quiet);
    registry::Registries registries(std::move(access), stop);
    const bool has_transport = registry::parse_image_location(place).has_value();
    try {
        const layers::oci::Descriptor manifest = push_one(context.store(), image, place, options, registries, stop);
        if (!options.digest_file.empty()) write_digest_file(options.digest_file, manifest.digest_text);
        if (!options.quiet) std::cerr << describe(WrittenImage{place, manifest}) << "\n";
    } catch (Error& error) {
        error.add_context("pushing image \"{}\" to \"{}{}\"", image, has_transport ? "" : "docker://", place);
        throw;
    }
    return 0;
}

}  // namespace

Command push_command() {
    auto options = std::make_shared<PushOptions>();
    Command command;
    command.name = "push";
    command.group = "Images";
    command.summary = "push an image to a registry or another destination";
    command.usage = "[flags] IMAGE [DESTINATION]";
    command.flags = {
        flag("format", 'f', "FORMAT", "manifest type: oci or v2s2 (default: the image's own)", options->format),
        flag("digestfile", 0, "FILE", "write the digest of the manifest to a file", options->digest_file),
        flag("all", 0, "push the images of a manifest list too (default true)", options->all),
        flag("rm", 0, "remove a manifest list after pushing", options->removes),
        flag("remove-signatures", 0, "accepted for compatibility; signatures are never copied",
             options->removes_signatures),
        flag("sign-by", 0, "KEY", "sign the image with this GnuPG key", options->sign_by),
        flag("quiet", 'q', "print nothing on success", options->quiet)};
    for (Flag& entry : encryption_flags(options->encryption)) command.flags.push_back(std::move(entry));
    for (Flag& entry : packing_flags(options->packing)) command.flags.push_back(std::move(entry));
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return push(context, words, *options); };
    return command;
}

}  // namespace builder
