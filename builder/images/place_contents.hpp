// What lies at a place, looked at without bringing it here: an image, or an index with an image for each platform.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "layers/oci/image_config.hpp"
#include "layers/oci/manifest.hpp"
#include "registry/transport/transport.hpp"

namespace builder {

struct PlacedImage {
    layers::oci::Descriptor descriptor;  ///< of its manifest; with the platform, where an index says it
    layers::oci::Manifest manifest = {};
    std::optional<layers::oci::ImageConfig> config = std::nullopt;  ///< nothing of an artifact

    /// "linux/arm64/v8"; empty where nobody says.
    std::string platform() const;
    /// Packed layers and configuration: what a pull brings.
    std::uint64_t packed_bytes() const;
};

struct PlaceContents {
    layers::oci::Descriptor descriptor;  ///< of what the place names
    bool is_index = false;
    std::vector<PlacedImage> images;  ///< in the order of the index
};

/// Reads manifests and configurations, no layer. An index within an index is listed, not opened. Throws Error.
PlaceContents look_at(registry::ImageSource& source);

}  // namespace builder
