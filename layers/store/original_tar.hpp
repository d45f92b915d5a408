// The tar of a layer as whoever made it wrote it.
#pragma once

#include "layers/store/blobs.hpp"
#include "layers/store/records.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// Writes it out of the blob that the layer came in, as other programs write tars otherwise; one that was made here out
/// of its folder. Throws Error where neither gives the tar of the diff ID.
void write_original_tar(Blobs& blobs, const LayerRecord& layer, runtime::Sink& out);

}  // namespace layers
