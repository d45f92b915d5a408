// What the store has, as a published store shows it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "registry/podman/published_store.hpp"

namespace builder {

struct PublishedImages {
    std::vector<registry::PublishedLayer> layers;  ///< each once
    std::vector<registry::PublishedImage> images;
    std::map<std::string, layers::LayerRecord> records;  ///< of the layers, by their published IDs
    std::vector<std::string> unreadable;  ///< IDs of images that are left out: Podman could not list any with them
};

/// All images of the store whose layers have their files, and manifest lists. Throws Error.
PublishedImages images_to_publish(layers::Store& store);

}  // namespace builder
