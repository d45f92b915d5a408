// How an image came about, step by step, with what each step added.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/questions/lineage.hpp"
#include "layers/oci/image_config.hpp"
#include "layers/store/store.hpp"

namespace builder {

struct HistoryRow {
    layers::oci::HistoryEntry entry;
    std::optional<layers::Digest> layer = std::nullopt;  ///< that the step made
    std::int64_t bytes = 0;                              ///< of the layer's tar
    std::optional<layers::Digest> image = std::nullopt;  ///< what it was after this step, where the store has that
    std::vector<std::string> names = {};                 ///< of that image
};

/// The last step first. Layers that the history does not tell of come as rows without a text.
std::vector<HistoryRow> history_of(layers::Store& store, const layers::ImageRecord& image);

}  // namespace builder
