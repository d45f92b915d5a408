#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "builder/images/list_document.hpp"
#include "builder/images/local_images.hpp"
#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "registry/remote/referrers.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

struct InspectOptions {
    RegistryFlags access;
    bool lists_referrers = false;
    std::string artifact_type;
};

/// What refers to an image of a registry: signatures, bills of material and the like.
std::string referrers_of(const std::string& text, const std::string& artifact_type, registry::Registries& registries) {
    const auto location = registry::parse_image_location(text);
    const auto reference = registry::Reference::parse(location ? location->name : text).for_pull();
    registry::Repository repository(registries, registries.conf().pull_endpoints(reference).back(),
                                    registry::Access::pull);
    const auto manifest =
        repository.find_manifest(reference.digest() ? reference.digest()->text() : reference.tag().value_or("latest"));
    if (!manifest) throw runtime::Error("there is no image {} in its registry", runtime::quoted(reference.text()));
    return layers::oci::write_index(registry::list_referrers(repository, manifest->digest(), artifact_type));
}

int print(const nlohmann::ordered_json& document) {
    std::cout << runtime::harmless_json(document.dump(4)) << "\n";
    return 0;
}

/// What a document is comes first, as in those of lists of the store.
nlohmann::ordered_json in_usual_order(const nlohmann::ordered_json& document) {
    if (!document.is_object()) return document;
    nlohmann::ordered_json result;
    for (const char* const key : {"schemaVersion", "mediaType", "artifactType", "manifests"})
        if (document.contains(key)) result[key] = document[key];
    for (const auto& [key, value] : document.items())
        if (!result.contains(key)) result[key] = value;
    return result;
}

/// An image of the store; a place elsewhere is none.
std::optional<layers::ImageRecord> find_local_image_of_name(layers::Store& store, const std::string& text) {
    return registry::parse_image_location(text) ? std::nullopt : find_local_image(store, text);
}

int inspect_manifest(Context& context, const Words& words, const InspectOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {words.front()}), stop);
    std::string text;
    if (options.lists_referrers)
        text = referrers_of(words.front(), options.artifact_type, registries);
    else if (auto list = ManifestList::find(context.store(), words.front()))
        return print(document_of(*list));
    else if (const auto image = find_local_image_of_name(context.store(), words.front()))
        throw runtime::Error("manifest is of type {} (not a list type)", image->media_type)
            .with_hint("builder inspect prints what there is to know of an image");
    else
        text = open_source(words.front(), registries)->manifest().text;
    return print(in_usual_order(nlohmann::ordered_json::parse(text)));
}

}  // namespace

Command manifest_inspect_command() {
    auto options = std::make_shared<InspectOptions>();
    Command command;
    command.name = "inspect";
    command.summary = "show a manifest list, or the manifest of an image in a registry";
    command.usage = "[flags] LIST|IMAGE";
    command.flags = registry_flags(options->access);
    command.flags.push_back(
        flag("referrers", 0, "list the referrers of an image in a registry instead", options->lists_referrers));
    command.flags.push_back(
        flag("artifact-type", 0, "TYPE", "with --referrers, list only this artifact type", options->artifact_type));
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) {
        return inspect_manifest(context, words, *options);
    };
    return command;
}

}  // namespace builder
