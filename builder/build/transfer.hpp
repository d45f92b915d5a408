// Images from elsewhere into the store, and out of it: folders and archives.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/compression.hpp"
#include "layers/media_type.hpp"
#include "layers/store/store.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// Where an image goes: names in the store, and places outside it ("oci:FOLDER:tag").
struct Destinations {
    std::vector<std::string> names;   ///< canonical
    std::vector<std::string> places;
    bool empty() const noexcept { return names.empty() && places.empty(); }
};

/// Sorts what -t names. Throws Error for a bad name.
Destinations parse_destinations(const std::vector<std::string>& texts);

struct ExportOptions {
    std::optional<layers::Compression> compression;  ///< else gzip where the place allows it
    std::optional<int> level;
    std::optional<layers::Flavour> format;           ///< else the image's own
};

/// Brings the image at a place ("oci:…") into the store. Nothing where the text names no transport.
std::optional<layers::ImageRecord> import_image(layers::Store& store, const std::string& text, runtime::StopSource& stop);

/// Writes an image to a place, and gives the digest of the manifest that was written.
layers::Digest export_image(layers::Store& store, const layers::ImageRecord& image, const std::string& place,
                            const ExportOptions& options, runtime::StopSource& stop);

}  // namespace builder
