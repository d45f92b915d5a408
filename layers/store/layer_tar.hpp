// The tar of a layer that the store has as a folder.
#pragma once

#include "layers/layer_writer.hpp"
#include "layers/store/records.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// How a layer with these rules is written.
LayerWriteOptions write_options(const TimeRule& times);

/// Gives the files of a layer that is not used yet the times that its tar says, so that containers of the image see
/// the same ones as elsewhere. Throws SystemError.
void apply_times(const runtime::Fd& folder, const TimeRule& times);

/// Writes the tar of a layer unverified, for callers that compute its digest themselves.
void write_unverified_layer(const LayerRecord& layer, runtime::Sink& out);
/// Throws Error where the digest found is not the layer's: the folder was changed or damaged.
void check_layer_digest(const LayerRecord& layer, const Digest& found);

/// Writes the tar of a layer. Throws Error where it is not what the diff ID says: the folder was changed or damaged.
void write_stored_layer(const LayerRecord& layer, runtime::Sink& out);

}  // namespace layers
