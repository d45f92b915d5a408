#include "builder/images/direct_copy.hpp"

#include "builder/images/transfer.hpp"
#include "layers/oci/index.hpp"
#include "layers/oci/platform.hpp"
#include "registry/copy_image.hpp"
#include "registry/transport/transfer_observer.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using registry::ImageDestination;
using registry::ImageSource;
using registry::RawManifest;
using runtime::Error;

layers::Flavour flavour_of(const RawManifest& manifest) {
    const bool is_docker = manifest.media_type == layers::media_type::docker_manifest ||
                           manifest.media_type == layers::media_type::docker_index;
    return is_docker ? layers::Flavour::docker : layers::Flavour::oci;
}

/// Throws Error where the place would change what it is given.
void require_takes_as_is(const ImageDestination& destination, const RawManifest& manifest) {
    const registry::DestinationRules rules = destination.rules();
    if (manifest.is_index() && !rules.takes_indexes)
        throw Error("{} cannot hold an image for several platforms", destination.name())
            .with_hint("choose one with --platform");
    if (rules.layer_compression || (rules.flavour && *rules.flavour != flavour_of(manifest)))
        throw Error("{} takes images in a form of its own only", destination.name())
            .with_hint("builder pull and builder push convert an image");
}

}  // namespace

layers::oci::Descriptor copy_directly(layers::Store& store, const std::string& from, const std::string& to,
                                      const std::string& platform, registry::Registries& registries) {
    const auto source = open_source(from, registries);
    const auto destination = open_destination(store, to, registries);
    const auto& observer = registries.options().observer;
    const auto told = observer ? registry::followed(*destination, *observer) : nullptr;
    ImageDestination& target = told ? *told : *destination;
    const RawManifest manifest =
        platform.empty() ? source->manifest()
                         : registry::choose_manifest(*source, layers::normalized(layers::parse_platform(platform)));
    require_takes_as_is(target, manifest);
    if (observer) observer->image_begins();
    if (manifest.is_index()) {
        for (const layers::oci::Descriptor& member :
             layers::oci::parse_index(manifest.text, manifest.media_type).manifests) {
            const RawManifest document = source->manifest(member);
            require_takes_as_is(target, document);
            registry::copy_members(*source, target, document, store, registries.stop());
            target.put_manifest(document);
        }
    } else {
        registry::copy_members(*source, target, manifest, store, registries.stop());
    }
    target.commit(manifest);
    if (observer) observer->image_ends(manifest.text);
    return manifest.descriptor();
}

}  // namespace builder
