// Images of sources: archives of what an image was made from, as an OCI image layout of their own. The configuration
// is of a type of its own, as Buildah writes it.
#pragma once

#include <map>
#include <string>

#include "layers/store/store.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

struct NewSourceImage {
    std::string author;
    std::string created;  ///< RFC 3339; empty: not said
};

/// Makes an empty one at a path where nothing is yet. Throws Error.
void create_source_image(const std::string& path, const NewSourceImage& image, const runtime::StopSource& stop);

/// Adds a file, or what is in a folder, as one more layer: a tar, packed with gzip. Several may do so at once. Throws
/// Error; a stop ends the wait for the others.
void add_to_source_image(const std::string& path, const std::string& artifact,
                         const std::map<std::string, std::string>& annotations, const runtime::StopSource& stop);

/// Fetches one to a path where nothing is yet, and gives the digest of its manifest. Throws Error for what is no image
/// of sources.
layers::Digest pull_source_image(layers::Store& store, const std::string& place, const std::string& path,
                                 registry::Registries& registries);
layers::Digest push_source_image(layers::Store& store, const std::string& path, const std::string& place,
                                 registry::Registries& registries);

/// Manifest and configuration as one JSON document.
std::string describe_source_image(const std::string& path);

}  // namespace builder
