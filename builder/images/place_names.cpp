#include "builder/images/place_names.hpp"

#include <iostream>

#include "builder/images/local_images.hpp"
#include "registry/reference.hpp"
#include "registry/transport/local_transports.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace builder {

using registry::ImageLocation;
using registry::Transport;

namespace {

std::vector<std::string> names_at(const ImageLocation& location) {
    const bool has_name = !location.name.empty() && !location.name.starts_with("sha256:");
    if (location.transport == Transport::oci_folder && has_name)
        return {registry::Reference::parse(location.name).for_pull().text()};
    if (location.transport == Transport::oci_archive && has_name) return {name_for_tagging(location.name)};
    std::vector<std::string> names = registry::names_in_archive(location);
    for (std::string& name : names) name = name_for_tagging(name);
    return names;
}

}  // namespace

std::vector<std::string> names_at_place(const std::string& place) {
    const auto location = registry::parse_image_location(place);
    if (!location || !registry::is_local(location->transport)) return {};
    try {
        return names_at(*location);
    } catch (const runtime::Error&) {
        return {};  // It has a name there that is none here.
    }
}

void give_free_names(layers::Store& store, const layers::ImageRecord& image, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const auto owner = store.images().find_by_name(name);
        if (owner && owner->id.text() != image.id.text())
            std::cerr << fmt::format("{} stays the name of {}: builder tag {} {} gives it to this image\n", name,
                                     owner->id.hex().substr(0, 12), image.id.hex().substr(0, 12), name);
        else
            store.images().add_name(image, name);
    }
}

}  // namespace builder
