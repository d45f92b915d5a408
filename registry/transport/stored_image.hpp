// An image of the store as a source: what came from elsewhere can be taken from there once more.
#pragma once

#include <memory>

#include "layers/store/store.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

/// Its manifest, its configuration, and the blobs that the store keeps; a blob that it does not keep is missing. The
/// store outlives the source.
std::unique_ptr<ImageSource> open_stored_image(layers::Store& store, layers::ImageRecord image);

}  // namespace registry
