#include <sys/stat.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/commit_changes.hpp"
#include "builder/cli/flags/identity_label.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/flags/run_flags.hpp"
#include "builder/cli/flags/sbom_flags.hpp"
#include "builder/cli/flags/seconds_flag.hpp"
#include "builder/cli/signals.hpp"
#include "builder/cli/transfer_progress.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/containers/container_commit.hpp"
#include "builder/containers/container_removal.hpp"
#include "builder/containers/image_source.hpp"
#include "builder/images/listed_images.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "builder/images/written_image.hpp"
#include "builder/version.hpp"
#include "layers/compression.hpp"
#include "layers/oci/platform.hpp"
#include "registry/signing/simple_signing.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

struct CommitFlags {
    CommitChanges changes;
    SbomFlags sbom;
    RegistryFlags access;
    std::string format;
    std::string id_file;
    std::string metadata_file;
    std::string manifest_list;
    std::string sign_by;
    std::vector<std::string> added_files;
    std::optional<std::int64_t> timestamp;
    std::optional<std::int64_t> source_date_epoch;
    std::string reference_file;
    PackingFlags packing;
    EncryptionFlags encryption;
    bool omit_timestamp = false;
    bool rewrite_timestamp = false;
    bool squash = false;
    bool omit_history = false;
    bool removes = false;
    bool quiet = false;
};

std::vector<Flag> commit_flags(CommitFlags& flags) {
    std::vector<Flag> result = {
        flag("add-file", 0, "SOURCE[:DESTINATION]", "add a file to the image", flags.added_files),
        flag("format", 'f', "FORMAT", "image format: oci or docker", flags.format),
        flag("iidfile", 0, "FILE", "write the image ID to a file", flags.id_file),
        flag("metadata-file", 0, "FILE", "write image metadata to a file, as JSON", flags.metadata_file),
        flag("omit-history", 0, "omit the history from the image", flags.omit_history),
        flag("quiet", 'q', "print only the image ID", flags.quiet),
        flag("reference-time", 0, "FILE", "use the time of a file as the timestamp of the image", flags.reference_file),
        flag("omit-timestamp", 0, "set the timestamp of the image to 1970", flags.omit_timestamp),
        flag("rewrite-timestamp", 0, "clamp file times in the new layer to the source date epoch",
             flags.rewrite_timestamp),
        flag("rm", 0, "remove the container after committing", flags.removes),
        seconds_flag("source-date-epoch", "timestamp of the image; see --rewrite-timestamp",
                     "parsing source date epoch", flags.source_date_epoch),
        flag("squash", 0, "squash all layers into one", flags.squash),
        flag("timestamp", 0, "SECONDS", "timestamp of the image and its files, in seconds since 1970", flags.timestamp),
        flag("manifest", 0, "LIST", "add the image to a manifest list, creating it if necessary", flags.manifest_list),
        missing_flag("cw", 0, "OPTIONS", "make a confidential workload image"),
        flag("sign-by", 0, "KEY", "sign pushed images with this GnuPG key", flags.sign_by),
    };
    for (Flag& one : encryption_flags(flags.encryption)) result.push_back(std::move(one));
    for (Flag& one : packing_flags(flags.packing)) result.push_back(std::move(one));
    for (Flag& one : sbom_flags(flags.sbom)) result.push_back(std::move(one));
    for (const char* name : {"pull", "pull-always", "pull-never"}) {
        Flag one{name, 0, std::string_view(name) == "pull" ? "POLICY" : "", "accepted: nothing is fetched"};
        one.set = [](const std::string& value) { static_cast<void>(parse_pull_policy(value)); };
        one.optional_value = "true";
        one.hidden = true;
        result.push_back(std::move(one));
    }
    for (Flag& one : registry_flags(flags.access)) result.push_back(std::move(one));
    for (Flag& one : commit_change_flags(flags.changes)) result.push_back(std::move(one));
    for (Flag& one : result)
        if (one.name == "reference-time" || one.name == "omit-timestamp") one.hidden = true;
    return result;
}

layers::Flavour format_of(const CommitFlags& flags) {
    const char* const wanted = std::getenv("BUILDER_FORMAT");
    const char* const otherwise = std::getenv("BUILDAH_FORMAT");
    const std::string format = !flags.format.empty()  ? flags.format
                               : wanted != nullptr    ? wanted
                               : otherwise != nullptr ? otherwise
                                                      : "oci";
    if (format == "oci") return layers::Flavour::oci;
    if (format == "docker") return layers::Flavour::docker;
    throw Error("unrecognized image type \"{}\"", format).with_hint("--format takes oci or docker");
}

std::optional<std::int64_t> whole_timestamp(const CommitFlags& flags) {
    if (flags.timestamp) return flags.timestamp;
    if (flags.omit_timestamp) return 0;
    if (flags.reference_file.empty()) return std::nullopt;
    struct stat status {};
    if (::stat(flags.reference_file.c_str(), &status) != 0)
        throw runtime::SystemError("cannot find {}", quoted(flags.reference_file));
    return status.st_mtim.tv_sec;
}

void set_times(const CommitFlags& flags, ContainerCommit& commit) {
    const int given = (flags.timestamp ? 1 : 0) + (flags.omit_timestamp ? 1 : 0) +
                      (flags.reference_file.empty() ? 0 : 1) + (flags.source_date_epoch ? 1 : 0);
    if (given > 1) throw Error("cannot use more then one timestamp option at at time");
    if (const auto timestamp = whole_timestamp(flags)) {
        commit.image.times = commit.files = {timestamp, true};
        return;
    }
    std::optional<std::int64_t> epoch = flags.source_date_epoch;
    if (const char* const text = std::getenv("SOURCE_DATE_EPOCH"); !epoch && text != nullptr && *text != '\0')
        epoch = std::strtoll(text, nullptr, 10);
    if (!epoch) return;
    commit.image.times = {epoch, false};
    if (flags.rewrite_timestamp) commit.files = {epoch, false};
}

std::pair<std::string, std::string> added_file(const std::string& text) {
    const auto colon = text.find(':');
    const std::string source = text.substr(0, colon);
    if (source.empty()) throw Error("--add-file takes SOURCE[:DESTINATION], not {}", quoted(text));
    return {path_on_machine(source),
            colon == std::string::npos ? "/" + source.substr(source.rfind('/') + 1) : text.substr(colon + 1)};
}

ContainerCommit make_commit(const CommitFlags& flags) {
    ContainerCommit commit;
    commit.image.format = format_of(flags);
    commit.image.notes_creation = notes_creation(flags.changes);
    set_times(flags, commit);
    commit.squash = flags.squash;
    commit.omit_history = flags.omit_history;
    for (const std::string& text : flags.added_files) commit.added_files.push_back(added_file(text));
    const bool has_fixed_time = commit.image.times.clamp_seconds.has_value();
    commit.adjust = [&flags, has_fixed_time](ContainerState& edited) {
        apply_commit_changes(flags.changes, edited);
        set_identity_label(edited.config.config.labels, flags.changes.notes_builder, has_fixed_time);
    };
    return commit;
}

registry::ExportOptions packing_of(const CommitFlags& flags) {
    registry::ExportOptions packing = make_packing_of_builds(flags.packing);
    packing.encryption = make_encryption(flags.encryption);
    return packing;
}

void write_metadata(const std::string& file, const layers::ImageRecord& image, const Destinations& destinations,
                    const std::vector<WrittenImage>& written) {
    const registry::RawManifest in_store{image.manifest, image.media_type};
    write_metadata_file(file,
                        {image.id.text(), descriptor_for_scripts(written, in_store.descriptor()), destinations.names});
}

/// To all destinations outside of the store; what went to a registry is told.
std::vector<WrittenImage> write_to_places(Context& context, const CommitFlags& flags, const layers::ImageRecord& image,
                                          const std::vector<std::string>& places, const runtime::StopSource& stop) {
    std::vector<WrittenImage> written;
    if (places.empty()) return written;
    const registry::ExportOptions exported = packing_of(flags);
    registry::Registries registries(access_options(context, flags.access, places), stop);
    for (const std::string& place : places) {
        written.push_back({place, export_to(context.store(), image, place, exported, registries)});
        const WrittenImage& last = written.back();
        if (!flags.sign_by.empty()) registry::sign_image(place, last.manifest.digest(), flags.sign_by, stop);
        if (!flags.quiet && !pullable_name(last).empty()) std::cerr << describe(last) << "\n";
    }
    return written;
}

/// There is no context here: only what is in the container.
void scan(Context& context, const CommitFlags& flags, const SbomRequest& request, const layers::TimeRule& times,
          StageState& image, runtime::StopSource& stop) {
    std::vector<std::string> notices;
    RunSettings settings = make_run_settings({}, notices);
    const runtime::NetworkMode network = prepare_network({}, settings, stop);
    StepRunner runner(context.store(), context.runner(), std::move(settings), stop);
    registry::Registries registries(access_options(context, flags.access, {request.scanner_image}), stop);
    const ImageFinder images = [&](const std::string& text, const std::string& platform) {
        return obtain_image(context.store(), text, platform, PullPolicy::missing, registries);
    };
    StderrObserver observer;
    const std::string host = layers::format_platform(layers::host_platform());
    scan_image(request, {context.store(), runner, images, observer, network, host, "", times}, image);
}

int commit(Context& context, const Words& words, const CommitFlags& flags) {
    layers::Store& store = context.store();
    Destinations destinations =
        parse_destinations(words.size() > 1 && !words[1].empty() ? std::vector{words[1]} : std::vector<std::string>{});
    if (!destinations.names.empty() && !registry::parse_image_location(words[1]))
        destinations.names.front() = name_in_use(store, words[1]);
    if (!flags.sign_by.empty()) check_destinations_for_signing(destinations);
    static_cast<void>(packing_of(flags));
    static_cast<void>(access_options(context, flags.access, {}));
    WorkingContainer container(store, words.front());
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    ContainerCommit settings = make_commit(flags);
    settings.image.names = destinations.names;
    const SbomRequest sbom = make_sbom_request(flags.sbom);
    if (sbom.is_wanted())
        settings.amend = [&](StageState& made) { scan(context, flags, sbom, settings.files, made, stop); };
    const CommittedImage committed = commit_container(container, settings);
    const layers::ImageRecord& image = committed.record;
    if (const auto progress = make_transfer_progress(flags.quiet)) tell_stored(*progress, image.manifest);
    const std::vector<WrittenImage> written = write_to_places(context, flags, image, destinations.places, stop);
    if (!flags.id_file.empty()) write_id_file(flags.id_file, image.id.text());
    if (!flags.manifest_list.empty()) add_to_manifest_list(store, flags.manifest_list, image);
    if (!flags.metadata_file.empty()) write_metadata(flags.metadata_file, image, destinations, written);
    // What was made for another place alone stays there.
    const bool goes_elsewhere = destinations.names.empty() && !destinations.places.empty();
    if (goes_elsewhere && committed.is_new) remove_if_unused(store, image.id);
    if (flags.removes) remove_working_container(container);
    if (flags.id_file.empty()) std::cout << image.id.hex() << "\n";
    return 0;
}

}  // namespace

Command commit_command() {
    auto flags = std::make_shared<CommitFlags>();
    Command command;
    command.name = "commit";
    command.group = "Containers";
    command.summary = "create an image from a working container";
    command.usage = "[flags] CONTAINER [IMAGE]";
    command.flags = commit_flags(*flags);
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [flags](Context& context, const Words& words) { return commit(context, words, *flags); };
    return command;
}

}  // namespace builder
