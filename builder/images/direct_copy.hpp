// An image from one place to another, without the store.
#pragma once

#include <string>

#include "layers/store/store.hpp"
#include "registry/remote/registries.hpp"
#include "registry/transport/transport.hpp"

namespace builder {

/// Copies what a place names as it is, bit for bit, so that its digest stays: an image, or an index with all of its
/// members. With a platform, only the image for it. What the destination has is not read; a registry takes over what
/// another repository of it has. The store only learns where blobs lie. Throws Error; nothing has the name then.
layers::oci::Descriptor copy_directly(layers::Store& store, const std::string& from, const std::string& to,
                                      const std::string& platform, registry::Registries& registries);

}  // namespace builder
