#include "layers/store/registry_notes.hpp"

#include <ctime>

namespace layers {

std::optional<BlobRecord> RegistryNotes::find_packed_layer(const Digest& diff_id, const std::string& packing) {
    const auto database = database_.lock();
    Query row = database->query("SELECT digest, size_bytes FROM packed_layers WHERE diff_id = ? AND packing = ?");
    row.bind_all(diff_id.text(), packing);
    if (!row.next()) return std::nullopt;
    return BlobRecord{Digest::parse(row.text(0)), row.integer(1), diff_id};
}

void RegistryNotes::note_packed_layer(const Digest& diff_id, const std::string& packing, const BlobRecord& blob) {
    const auto database = database_.lock();
    transactions_.where_possible("what a layer becomes when it is packed", [&] {
        database->query("INSERT OR REPLACE INTO packed_layers VALUES (?, ?, ?, ?)")
            .bind_all(diff_id.text(), packing, blob.digest.text(), blob.size_bytes)
            .run();
    });
}

std::vector<std::string> RegistryNotes::blob_repositories(const Digest& digest, const std::string& host) {
    const auto database = database_.lock();
    Query row = database->query(
        "SELECT repository FROM blob_locations WHERE digest = ? AND host = ? ORDER BY last_seen DESC LIMIT 3");
    row.bind_all(digest.text(), host);
    std::vector<std::string> repositories;
    while (row.next()) repositories.push_back(row.text(0));
    return repositories;
}

void RegistryNotes::note_blob_location(const Digest& digest, const std::string& host, const std::string& repository) {
    const auto database = database_.lock();
    transactions_.where_possible("where a blob lies", [&] {
        database->query("INSERT OR REPLACE INTO blob_locations VALUES (?, ?, ?, ?)")
            .bind_all(digest.text(), host, repository, std::int64_t{::time(nullptr)})
            .run();
    });
}

void RegistryNotes::forget_blob_location(const Digest& digest, const std::string& host, const std::string& repository) {
    const auto database = database_.lock();
    transactions_.where_possible("where a blob lies no more", [&] {
        database->query("DELETE FROM blob_locations WHERE digest = ? AND host = ? AND repository = ?")
            .bind_all(digest.text(), host, repository)
            .run();
    });
}

}  // namespace layers
