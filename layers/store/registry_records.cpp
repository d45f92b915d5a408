// What is known of registries: packed forms of layers, places of blobs, and manifest lists that are made here.
#include <ctime>

#include "layers/store/store.hpp"
#include "runtime/base/error.hpp"

namespace layers {

std::optional<BlobRecord> Store::find_packed_layer(const Digest& diff_id, const std::string& packing) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT digest, size_bytes FROM packed_layers WHERE diff_id = ? AND packing = ?");
    row.bind_all(diff_id.text(), packing);
    if (!row.next()) return std::nullopt;
    return BlobRecord{Digest::parse(row.text(0)), row.integer(1), diff_id};
}

void Store::note_packed_layer(const Digest& diff_id, const std::string& packing, const BlobRecord& blob) {
    const std::lock_guard lock(mutex_);
    database_.query("INSERT OR REPLACE INTO packed_layers VALUES (?, ?, ?, ?)")
        .bind_all(diff_id.text(), packing, blob.digest.text(), blob.size_bytes)
        .run();
}

std::vector<std::string> Store::blob_repositories(const Digest& digest, const std::string& host) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query(
        "SELECT repository FROM blob_locations WHERE digest = ? AND host = ? ORDER BY last_seen DESC LIMIT 3");
    row.bind_all(digest.text(), host);
    std::vector<std::string> repositories;
    while (row.next()) repositories.push_back(row.text(0));
    return repositories;
}

void Store::note_blob_location(const Digest& digest, const std::string& host, const std::string& repository) {
    // A few per blob are enough to mount from.
    const std::lock_guard lock(mutex_);
    database_.query("INSERT OR REPLACE INTO blob_locations VALUES (?, ?, ?, ?)")
        .bind_all(digest.text(), host, repository, std::int64_t{::time(nullptr)})
        .run();
}

void Store::forget_blob_location(const Digest& digest, const std::string& host, const std::string& repository) {
    const std::lock_guard lock(mutex_);
    database_.query("DELETE FROM blob_locations WHERE digest = ? AND host = ? AND repository = ?")
        .bind_all(digest.text(), host, repository)
        .run();
}

std::optional<ManifestListRecord> Store::find_manifest_list(const std::string& name) {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT document, sources FROM manifest_lists WHERE name = ?");
    row.bind_all(name);
    if (!row.next()) return std::nullopt;
    return ManifestListRecord{name, row.text(0), row.text(1), {}};
}

void Store::put_manifest_list(const ManifestListRecord& list) {
    in_transaction([&] {
        Query insert = database_.query(
            "INSERT INTO manifest_lists VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET document = "
            "excluded.document, sources = excluded.sources");
        insert.bind(1, list.name).bind_bytes(2, list.document);
        insert.bind(3, list.sources).bind(4, std::int64_t{::time(nullptr)}).run();
        database_.query("DELETE FROM manifest_list_blobs WHERE name = ?").bind_all(list.name).run();
        Query link = database_.query("INSERT OR IGNORE INTO manifest_list_blobs VALUES (?, ?)");
        for (const Digest& digest : list.blobs) link.bind_all(list.name, digest.text()).run();
        remove_name(list.name);
    });
}

bool Store::remove_manifest_list(const std::string& name) {
    const std::lock_guard lock(mutex_);
    database_.query("DELETE FROM manifest_lists WHERE name = ?").bind_all(name).run();
    return database_.changed_rows() > 0;
}

std::vector<std::string> Store::list_manifest_lists() {
    const std::lock_guard lock(mutex_);
    Query row = database_.query("SELECT name FROM manifest_lists ORDER BY name");
    std::vector<std::string> names;
    while (row.next()) names.push_back(row.text(0));
    return names;
}

}  // namespace layers
