// A layer of this program's store in the words of containers-storage, the library of Podman, Buildah, skopeo and CRI-O.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/digest.hpp"

namespace registry {

struct PublishedLayer {
    std::string id;      ///< 64 hex digits
    std::string parent;  ///< the ID of the layer below; empty for the lowest
    layers::Digest diff_id;
    std::int64_t tar_bytes = 0;
    std::string created;             ///< RFC 3339
    std::string folder;              ///< absolute path of its files
    std::vector<std::string> below;  ///< the IDs of the layers that are mounted below it, nearest first
};

/// What the library would call a layer that it had pulled itself: so a pull finds ours, and ours is what it takes it
/// for.
std::string published_layer_id(const std::string& parent, const layers::Digest& diff_id);

/// The short name that mount options use: 26 letters and digits, the same each time. `place` keeps two published
/// stores apart.
std::string published_link(const std::string& place, const std::string& layer_id);

/// The object of layers.json.
std::string published_layer_json(const PublishedLayer& layer);

}  // namespace registry
