#include "layers/store/manifest_lists.hpp"

#include <ctime>

#include "layers/store/names.hpp"

namespace layers {

std::optional<ManifestListRecord> ManifestLists::find(const std::string& name) {
    const auto database = database_.lock();
    Query row = database->query("SELECT document, sources FROM manifest_lists WHERE name = ?");
    row.bind_all(name);
    if (!row.next()) return std::nullopt;
    return ManifestListRecord{name, row.text(0), row.text(1), {}};
}

void ManifestLists::put(const ManifestListRecord& list) {
    const auto database = database_.lock();
    transactions_.run([&] {
        Query insert = database->query(
            "INSERT INTO manifest_lists VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET document = "
            "excluded.document, sources = excluded.sources");
        insert.bind(1, list.name).bind_bytes(2, list.document);
        insert.bind(3, list.sources).bind(4, std::int64_t{::time(nullptr)}).run();
        database->query("DELETE FROM manifest_list_blobs WHERE name = ?").bind_all(list.name).run();
        Query link = database->query("INSERT OR IGNORE INTO manifest_list_blobs VALUES (?, ?)");
        for (const Digest& digest : list.blobs) link.bind_all(list.name, digest.text()).run();
        take_name_from_image(*database, list.name);
    });
}

bool ManifestLists::remove(const std::string& name) {
    const auto database = database_.lock();
    return take_name_from_list(*database, name);
}

std::vector<std::string> ManifestLists::list() {
    const auto database = database_.lock();
    Query row = database->query("SELECT name FROM manifest_lists ORDER BY name");
    std::vector<std::string> names;
    while (row.next()) names.push_back(row.text(0));
    return names;
}

}  // namespace layers
