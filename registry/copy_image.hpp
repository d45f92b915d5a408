// From one place to another without unpacking anything, and images as members of indexes.
#pragma once

#include "layers/store/store.hpp"
#include "registry/export_image.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

/// Copies what a manifest names, which is not committed: blobs that are there already are not read. Foreign layers stay
/// where they are. The store learns where blobs lie, so that a registry can take them over by itself.
void copy_members(ImageSource& source, ImageDestination& destination, const RawManifest& manifest, layers::Store& store,
                  const runtime::StopSource& stop);

/// Writes an image of the store as a member of an index that is committed later, and gives its manifest as it is there.
RawManifest export_member(const layers::ImageRecord& image, layers::Store& store, ImageDestination& destination,
                          const ExportOptions& options, const runtime::StopSource& stop);

}  // namespace registry
