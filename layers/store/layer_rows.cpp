#include "layers/store/layer_rows.hpp"

#include <fmt/format.h>

#include "runtime/base/pack.hpp"

namespace layers {
namespace {

/// Layers of older stores have one zero byte there: nobody knows.
std::vector<BorrowedFolder> unpacked_borrowed(const std::string& bytes) {
    if (bytes.empty()) return {};
    if (bytes.size() == 1) return {{"?", ~std::uint32_t{0}}};  // which no folder looks like
    std::vector<BorrowedFolder> borrowed;
    runtime::PackReader{bytes}(borrowed);
    return borrowed;
}

}  // namespace

std::string packed_borrowed(std::vector<BorrowedFolder> borrowed) {
    if (borrowed.empty()) return "";
    runtime::PackWriter packer;
    packer(borrowed);
    return packer.bytes();
}

std::string select_layers(std::string_view rest) {
    return fmt::format("SELECT l.id, l.diff_id, l.folder, l.tar_bytes, l.clamp_time, l.clamp_all, l.borrowed{}", rest);
}

LayerRecord read_layer(const Query& row, const std::string& layers_folder) {
    LayerRecord record{row.integer(0),
                       Digest::parse(row.text(1)),
                       layers_folder + "/" + row.text(2) + "/diff",
                       row.integer(3),
                       {},
                       unpacked_borrowed(row.text(6))};
    if (!row.is_null(4)) record.times.clamp_seconds = row.integer(4);
    record.times.clamp_all = row.integer(5) != 0;
    return record;
}

}  // namespace layers
