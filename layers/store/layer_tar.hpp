// The tar of a layer that the store has as a folder.
#pragma once

#include "layers/layer_writer.hpp"
#include "layers/store/records.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// How a layer with these rules is written.
LayerWriteOptions write_options(const TimeRule& times);

/// Writes the tar of a layer. Throws Error where it is not what the diff ID says: the folder was changed or damaged.
void write_stored_layer(const LayerRecord& layer, runtime::Sink& out);

}  // namespace layers
