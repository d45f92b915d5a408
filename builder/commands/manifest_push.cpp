#include <iostream>
#include <memory>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/written_image.hpp"
#include "builder/syntax/duration.hpp"
#include "registry/signing/simple_signing.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;

struct PushListOptions {
    RegistryFlags access;
    PackingFlags packing;
    std::vector<std::string> added_compressions;
    std::string format;
    std::string digest_file;
    std::string sign_by;
    bool all = true;
    bool quiet = false;
    bool removes = false;
    bool removes_signatures = false;
};

std::vector<layers::Compression> parse_compressions(const std::vector<std::string>& names) {
    std::vector<layers::Compression> result;
    for (const std::string& name : names) {
        try {
            result.push_back(parse_compression(name));
        } catch (Error& error) {
            error.add_context("requested algorithm {} is not supported for replication", name);
            throw;
        }
    }
    return result;
}

/// "nosuch:thing" is no image of a registry: a name has a host there, or a path.
void refuse_unknown_transport(const std::string& place) {
    const std::string word = place.substr(0, place.find(':'));
    if (word == place || registry::parse_image_location(place) || place.find('/') != std::string::npos) return;
    throw Error("Invalid image name \"{}\", unknown transport \"{}\"", place, word)
        .with_hint("write docker://HOST/NAME:TAG for an image in a registry");
}

void check_retry_delay(const std::string& text) {
    try {
        if (!text.empty()) static_cast<void>(parse_duration(text));
    } catch (Error& error) {
        error.add_context("unable to parse retryDelay \"{}\"", text);
        throw;
    }
}

int push_list(Context& context, const Words& words, const PushListOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::ExportOptions packing = make_packing(options.packing);
    if (options.format == "oci")
        packing.format = layers::Flavour::oci;
    else if (options.format == "v2s2" || options.format == "docker")
        packing.format = layers::Flavour::docker;
    else if (!options.format.empty())
        throw Error("unknown format \"{}\". Choose on of the supported formats: 'oci' or 'v2s2'", options.format);
    const auto compressions = parse_compressions(options.added_compressions);
    layers::Store& store = context.store();
    ManifestList list = ManifestList::require(store, words.front());
    const std::string place = words.size() < 2 ? "docker://" + familiar_name(list.name()) : words[1];
    if (place.empty()) throw Error("invalid image name \"\"").with_hint("name a place to write the list to");
    refuse_unknown_transport(place);
    check_retry_delay(options.access.retry_delay);
    registry::Registries registries(access_options(context, options.access, {place}), stop);
    if (!options.sign_by.empty()) registry::check_can_be_signed(place);
    const layers::oci::Descriptor manifest = list.push(store, place, options.all, packing, compressions, registries);
    if (!options.sign_by.empty()) registry::sign_image(place, manifest.digest(), options.sign_by, stop);
    if (!options.digest_file.empty()) write_digest_file(options.digest_file, manifest.digest_text);
    if (!options.quiet) std::cerr << describe(WrittenImage{place, manifest}) << "\n";
    if (options.removes) store.manifest_lists().remove(list.name());
    return 0;
}

}  // namespace

Command manifest_push_command() {
    auto options = std::make_shared<PushListOptions>();
    Command command;
    command.name = "push";
    command.summary = "push a manifest list and its images to a registry or another destination";
    command.usage = "[flags] LIST [DESTINATION]";
    command.flags = {flag("add-compression", 0, "FORMAT",
                          "add a copy of each image with this compression: gzip or zstd", options->added_compressions),
                     flag("all", 0, "push the images too (default true)", options->all),
                     flag("format", 'f', "FORMAT", "manifest type: oci or v2s2", options->format),
                     flag("digestfile", 0, "FILE", "write the digest of the list to a file", options->digest_file),
                     flag("rm", 0, "remove the list after pushing", options->removes),
                     flag("remove-signatures", 0, "accepted for compatibility; signatures are never copied",
                          options->removes_signatures),
                     flag("sign-by", 0, "KEY", "sign the list with this GnuPG key", options->sign_by),
                     flag("quiet", 'q', "print nothing on success", options->quiet)};
    command.flags[4].aliases = {"purge"};
    for (Flag& entry : packing_flags(options->packing)) command.flags.push_back(std::move(entry));
    for (Flag& entry : registry_flags(options->access)) command.flags.push_back(std::move(entry));
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return push_list(context, words, *options); };
    return command;
}

}  // namespace builder
