// Where images come from and go to, as people write it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "registry/export_image.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// Where an image goes: names in the store, and places outside it ("oci:FOLDER:tag").
struct Destinations {
    std::vector<std::string> names;  ///< canonical
    std::vector<std::string> places;
    bool empty() const noexcept { return names.empty() && places.empty(); }
};

/// Sorts what -t names. Throws Error for a bad name.
Destinations parse_destinations(const std::vector<std::string>& texts);

/// Brings the image at a place ("oci:…") into the store; it gets no name there. Nothing where
/// the text names no transport.
std::optional<layers::ImageRecord> import_from(layers::Store& store, const std::string& text,
                                               const std::string& platform, const runtime::StopSource& stop);

/// Writes an image to a place, and gives the digest of the manifest that was written.
layers::Digest export_to(layers::Store& store, const layers::ImageRecord& image, const std::string& place,
                         const registry::ExportOptions& options, const runtime::StopSource& stop);

}  // namespace builder
