// The build cache: records of steps, and remembered digests of files.
#include <ctime>

#include "layers/store/store.hpp"
#include "runtime/base/pack.hpp"

namespace layers {

std::optional<CacheRecord> Store::find_cached(const Digest& key, const std::string& below) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(
        "SELECT l.id, l.diff_id, l.folder, l.tar_bytes, l.clamp_time, l.clamp_all, l.borrowed, c.step, "
        "c.created, c.run FROM cache c "
        "LEFT JOIN layers l ON l.id = c.layer_id "
        "WHERE c.key = ? AND c.below = ?");
    row.bind_all(key.text(), below);
    if (!row.next()) return std::nullopt;
    CacheRecord record{key, Digest::parse(row.text(7)), std::nullopt, row.text(8), below, row.text(9)};
    if (row.is_null(0)) return record;
    record.layer = read_layer(row);
    if (record.layer->is_there()) return record;
    row.reset();
    where_possible("that a layer is gone",
                   [&] { database_.query("DELETE FROM cache WHERE key = ?").bind_all(key.text()).run(); });
    return std::nullopt;
}

void Store::put_cached(const CacheRecord& record, std::vector<KeyInput> inputs) {
    runtime::Packer packed;
    packed(inputs);
    const std::lock_guard lock(mutex_);
    const std::optional<std::int64_t> layer_id = record.layer ? std::optional(record.layer->id) : std::nullopt;
    Query insert = database_.query(
        "INSERT OR REPLACE INTO cache (key, step, layer_id, created, last_used, below, run, inputs) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind_all(record.key.text(), record.step.text(), layer_id, record.created, std::int64_t{::time(nullptr)},
                    record.below, record.run);
    insert.bind_bytes(8, packed.bytes()).run();
}

bool Store::was_searched(const LayerRecord& layer, std::uint16_t mark) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT 1 FROM searched_layers WHERE layer_id = ? AND mark = ?");
    row.bind_all(layer.id, std::int64_t{mark});
    return row.next();
}

void Store::note_searched(const LayerRecord& layer, std::uint16_t mark) {
    const std::lock_guard lock(mutex_);
    database_.query("INSERT OR IGNORE INTO searched_layers VALUES (?, ?)").bind_all(layer.id, std::int64_t{mark}).run();
}

std::string Store::search_salt() {
    const std::lock_guard lock(mutex_);
    database_.query("INSERT OR IGNORE INTO properties (name, value) VALUES ('search salt', ?)")
        .bind_all(random_name())
        .run();
    Query row = database_.query("SELECT value FROM properties WHERE name = 'search salt'");
    row.next();
    return row.text(0);
}

std::vector<KeyInput> Store::inputs_of_step(const Digest& step) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT inputs FROM cache WHERE step = ? ORDER BY last_used DESC LIMIT 1");
    row.bind_all(step.text());
    std::vector<KeyInput> inputs;
    if (row.next()) {
        const std::string bytes = row.text(0);
        runtime::Unpacker{bytes}(inputs);
    }
    return inputs;
}

void Store::touch_cached(const std::vector<Digest>& keys) {
    constexpr std::int64_t day_seconds = 24 * 60 * 60;
    const std::int64_t now = ::time(nullptr);
    const std::lock_guard lock(mutex_);
    std::vector<std::string> old;
    Query row = database_.query("SELECT last_used FROM cache WHERE key = ?");
    for (const Digest& key : keys) {
        row.bind_all(key.text());
        if (row.next() && row.integer(0) < now - day_seconds) old.push_back(key.text());
        row.reset();
    }
    if (old.empty()) return;
    where_possible("that steps were used", [&] {
        Query update = database_.query("UPDATE cache SET last_used = ? WHERE key = ?");
        for (const std::string& key : old) update.bind_all(now, key).run();
    });
}

int Store::clear_cache() {
    int records = 0;
    with_room([&] {
        database_.run("DELETE FROM file_digests");
        database_.run("DELETE FROM downloads");
        database_.run("DELETE FROM cache");
        records = database_.changed_rows();
    });
    return records;
}

RememberedFolder Store::remembered_files(std::uint64_t device, std::uint64_t inode) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT entries FROM file_digests WHERE device = ? AND inode = ?");
    row.bind_all(static_cast<std::int64_t>(device), static_cast<std::int64_t>(inode));
    if (!row.next()) return {};
    return unpack_folder(row.text(0));
}

void Store::remember_files(std::uint64_t device, std::uint64_t inode, const RememberedFolder& folder) {
    const std::lock_guard lock(mutex_);
    Query insert = database_.query("INSERT OR REPLACE INTO file_digests (device, inode, entries) VALUES (?, ?, ?)");
    insert.bind_all(static_cast<std::int64_t>(device), static_cast<std::int64_t>(inode));
    insert.bind_bytes(3, pack_folder(folder)).run();
}

}  // namespace layers
