#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/build/manifest_list.hpp"
#include "builder/build/transfer.hpp"
#include "builder/cli/context.hpp"
#include "builder/cli/registry_flags.hpp"
#include "builder/cli/signals.hpp"
#include "builder/commands/manifest.hpp"
#include "registry/remote/referrers.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
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

int inspect_manifest(Context& context, const Words& words, const InspectOptions& options) {
    runtime::StopSource stop;
    const SignalWatch signals(stop);
    registry::Registries registries(access_options(context, options.access, {words.front()}), stop);
    std::string text;
    if (options.lists_referrers)
        text = referrers_of(words.front(), options.artifact_type, registries);
    else if (auto list = ManifestList::find(context.store(), words.front()))
        text = layers::oci::write_index(list->index());
    else
        text = open_source(words.front(), registries)->manifest().text;
    std::cout << runtime::parse_json(text, "the manifest").dump(4) << "\n";
    return 0;
}

}  // namespace

Command manifest_inspect_command() {
    auto options = std::make_shared<InspectOptions>();
    Command command;
    command.name = "inspect";
    command.summary = "print a manifest list, or the manifest of an image elsewhere";
    command.usage = "[flags] LIST|IMAGE";
    command.flags = registry_flags(options->access);
    command.flags.push_back(
        flag("referrers", 0, "print what refers to an image of a registry instead", options->lists_referrers));
    command.flags.push_back(
        flag("artifact-type", 0, "TYPE", "with --referrers, only those of a type", options->artifact_type));
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) {
        return inspect_manifest(context, words, *options);
    };
    return command;
}

}  // namespace builder
