// From the store to a place.
#pragma once

#include <optional>

#include "layers/store/store.hpp"
#include "registry/encryption/crypt_keys.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

struct ExportOptions {
    std::optional<layers::Compression> compression;  ///< else as the blobs came, gzip for layers made here
    int level = layers::default_level;
    std::optional<layers::Flavour> format;  ///< else the image's own
    bool force_compression = false;         ///< pack blobs again that came packed otherwise
    LayerEncryption encryption = {};        ///< of layers, for those whose keys are in it
    bool is_plain_in_files = false;         ///< in files and folders of this machine all layers are plain tar
};

/// Writes an image to a destination, which has it whole afterwards or not at all, and gives the descriptor of the
/// manifest that was written there: packed layers have other digests than those of the store. An image whose blobs are
/// still as they came leaves bit for bit as it came.
layers::oci::Descriptor export_image(const layers::ImageRecord& image, layers::Store& store,
                                     ImageDestination& destination, const ExportOptions& options,
                                     const runtime::StopSource& stop);

/// Puts one layer, packed as it would be in an image, and gives how a manifest names it. Several threads may do so as
/// far as the destination allows.
layers::oci::Descriptor export_layer(const layers::LayerRecord& layer, layers::Store& store,
                                     ImageDestination& destination, const ExportOptions& options,
                                     const runtime::StopSource& stop);

}  // namespace registry
