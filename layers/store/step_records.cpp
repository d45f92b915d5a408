#include "layers/store/step_records.hpp"

#include <ctime>

#include "layers/store/layer_rows.hpp"
#include "runtime/base/pack.hpp"

namespace layers {

std::optional<CacheRecord> StepRecords::find(const Digest& key, const std::string& below) {
    const auto database = database_.lock();
    Query row =
        database->query(select_layers(", c.step, c.created, c.run FROM cache c LEFT JOIN layers l ON l.id = c.layer_id "
                                      "WHERE c.key = ? AND c.below = ?"));
    row.bind_all(key.text(), below);
    if (!row.next()) return std::nullopt;
    constexpr int step = layer_column_count;
    CacheRecord record{key, Digest::parse(row.text(step)), std::nullopt, row.text(step + 1), below, row.text(step + 2)};
    if (row.is_null(0)) return record;
    record.layer = read_layer(row, layers_folder_);
    if (record.layer->is_there()) return record;
    row.reset();
    transactions_.where_possible(
        "that a layer is gone", [&] { database->query("DELETE FROM cache WHERE key = ?").bind_all(key.text()).run(); });
    return std::nullopt;
}

void StepRecords::put(const CacheRecord& record, std::vector<KeyInput> inputs) {
    runtime::PackWriter packed;
    packed(inputs);
    const auto database = database_.lock();
    const std::optional<std::int64_t> layer_id = record.layer ? std::optional(record.layer->id) : std::nullopt;
    Query insert = database->query(
        "INSERT OR REPLACE INTO cache (key, step, layer_id, created, last_used, below, run, took_ms, inputs) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind_all(record.key.text(), record.step.text(), layer_id, record.created, std::int64_t{::time(nullptr)},
                    record.below, record.run, record.took_ms);
    insert.bind_bytes(9, packed.bytes()).run();
}

std::vector<KeyInput> StepRecords::inputs_of_key(const Digest& key) {
    return inputs_where("key = ?", key);
}

std::vector<KeyInput> StepRecords::inputs_of(const Digest& step) {
    return inputs_where("step = ? ORDER BY last_used DESC LIMIT 1", step);
}

std::vector<KeyInput> StepRecords::inputs_where(const std::string& condition, const Digest& digest) {
    const auto database = database_.lock();
    Query row = database->query("SELECT inputs FROM cache WHERE " + condition);
    row.bind_all(digest.text());
    std::vector<KeyInput> inputs;
    if (row.next()) {
        const std::string bytes = row.text(0);
        runtime::PackReader{bytes}(inputs);
    }
    return inputs;
}

}  // namespace layers
