// Reading rows of the table `layers`, for all who join it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "layers/store/database.hpp"
#include "layers/store/records.hpp"

namespace layers {

/// A query whose rows begin with the columns that read_layer() reads, of a table that `rest` calls `l`: further
/// columns, each after a comma, and all from FROM on.
std::string select_layers(std::string_view rest);
/// Where the further columns begin.
constexpr int layer_column_count = 7;

/// Reads a row of such a query. `layers_folder` is where the folders of layers lie.
LayerRecord read_layer(const Query& row, const std::string& layers_folder);

/// `borrowed` as the column has it.
std::string packed_borrowed(std::vector<BorrowedFolder> borrowed);

}  // namespace layers
