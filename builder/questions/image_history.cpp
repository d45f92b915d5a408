#include "builder/questions/image_history.hpp"

#include <algorithm>
#include <map>

#include "builder/questions/layer_history.hpp"

namespace builder {

std::vector<HistoryRow> history_of(layers::Store& store, const layers::ImageRecord& image) {
    const layers::oci::ImageConfig config = layers::oci::parse_image_config(image.config);
    std::map<std::string, std::int64_t> bytes;
    for (const layers::LayerRecord& layer : store.layers().of_image(image.id))
        bytes[layer.diff_id.text()] = layer.tar_bytes;
    const Lineage lineage(store.images().list());
    const Lineage::Member* const self = lineage.find(image.id);
    std::vector<HistoryRow> rows;
    const auto add = [&](const layers::oci::HistoryEntry& entry, const std::optional<layers::Digest>& layer) {
        rows.push_back({entry, layer, layer ? bytes[layer->text()] : 0});
    };
    const auto layers = layers_of_entries(config);
    for (std::size_t i = 0; i < config.history.size(); ++i) {
        add(config.history[i], layers[i] ? std::optional(config.diff_ids[*layers[i]]) : std::nullopt);
        const Lineage::Member* const then = self == nullptr ? nullptr : lineage.at_entry(*self, i + 1);
        if (then == nullptr) continue;
        rows.back().image = then->image.id;
        rows.back().names = then->image.names;
    }
    const auto told = entries_of_layers(config);
    for (std::size_t i = 0; i < told.size(); ++i)
        if (!told[i]) add({}, config.diff_ids[i]);
    // Two images of the same steps may differ in what no history tells.
    if (!rows.empty()) rows.back().image = image.id, rows.back().names = image.names;
    std::reverse(rows.begin(), rows.end());
    return rows;
}

}  // namespace builder
