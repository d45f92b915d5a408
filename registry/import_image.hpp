// From a place into the store.
#pragma once

#include "layers/oci/platform.hpp"
#include "layers/store/store.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// Brings the image that a source has for a platform into the store and gives its record; names are the caller's
/// affair. Layers that the store has are not read; the others are, several at a time where the source allows. Every
/// blob is verified while it is unpacked, and kept as it came. Throws Error; what was complete before stays as garbage
/// that the next collection takes.
layers::ImageRecord import_image(ImageSource& source, layers::Store& store, const layers::Platform& platform,
                                 const runtime::StopSource& stop);

/// Whether all that an image of the store is made of is there: the files of its layers, and the blobs that it came with
/// and would leave with.
bool is_whole(layers::Store& store, const layers::ImageRecord& image);

/// Brings one layer into the store. `folders_below`, topmost first, are those of the layers that it lies on.
layers::LayerRecord import_layer(ImageSource& source, layers::Store& store, const layers::oci::Descriptor& descriptor,
                                 const layers::Digest& diff_id, const std::vector<std::string>& folders_below,
                                 const runtime::StopSource& stop);

}  // namespace registry
