#include "builder/build/transfer.hpp"

#include "builder/build/local_images.hpp"
#include "layers/oci/platform.hpp"
#include "registry/import_image.hpp"
#include "registry/transport/local_transports.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

[[noreturn]] void throw_not_there(const std::string& text) {
    throw Error("cannot use {}: builder does not talk to registries, daemons and other stores yet", quoted(text))
        .with_hint("oci:, oci-archive:, docker-archive: and dir: are there; skopeo copies between them and the others");
}

}  // namespace

Destinations parse_destinations(const std::vector<std::string>& texts) {
    Destinations result;
    for (const std::string& text : texts) {
        const auto location = registry::parse_image_location(text);
        if (!location || location->transport == registry::Transport::store)
            result.names.push_back(name_for_tagging(location ? location->name : text));
        else if (registry::is_local(location->transport))
            result.places.push_back(text);
        else
            throw_not_there(text);
    }
    return result;
}

std::optional<layers::ImageRecord> import_from(layers::Store& store, const std::string& text,
                                               const std::string& platform, const runtime::StopSource& stop) {
    const auto location = registry::parse_image_location(text);
    if (!location) return std::nullopt;
    if (location->transport == registry::Transport::registry || location->transport == registry::Transport::store) {
        if (auto image = find_local_image(store, location->name)) return image;
        throw_not_there(text);
    }
    if (!registry::is_local(location->transport)) throw_not_there(text);
    const auto source = registry::open_local_source(*location);
    return registry::import_image(*source, store, layers::parse_platform(platform), stop);
}

layers::Digest export_to(layers::Store& store, const layers::ImageRecord& image, const std::string& place,
                         const registry::ExportOptions& options, const runtime::StopSource& stop) {
    const auto location = registry::parse_image_location(place);
    if (!location || !registry::is_local(location->transport)) throw_not_there(place);
    const auto destination = registry::make_local_destination(*location);
    return registry::export_image(image, store, *destination, options, stop);
}

}  // namespace builder
