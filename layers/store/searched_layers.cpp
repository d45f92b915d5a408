#include "layers/store/searched_layers.hpp"

#include "layers/store/staging.hpp"

namespace layers {

bool SearchedLayers::was_searched(const LayerRecord& layer, std::uint16_t mark) {
    const auto database = database_.lock();
    Query row = database->query("SELECT 1 FROM searched_layers WHERE layer_id = ? AND mark = ?");
    row.bind_all(layer.id, std::int64_t{mark});
    return row.next();
}

void SearchedLayers::note_searched(const LayerRecord& layer, std::uint16_t mark) {
    const auto database = database_.lock();
    database->query("INSERT OR IGNORE INTO searched_layers VALUES (?, ?)").bind_all(layer.id, std::int64_t{mark}).run();
}

std::string SearchedLayers::salt() {
    const auto database = database_.lock();
    database->query("INSERT OR IGNORE INTO properties (name, value) VALUES ('search salt', ?)")
        .bind_all(random_name())
        .run();
    Query row = database->query("SELECT value FROM properties WHERE name = 'search salt'");
    row.next();
    return row.text(0);
}

}  // namespace layers
