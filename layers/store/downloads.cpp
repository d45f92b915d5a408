#include "layers/store/downloads.hpp"

#include <ctime>

namespace layers {

std::optional<DownloadRecord> Downloads::find(const std::string& url) {
    const auto database = database_.lock();
    Query row = database->query(
        "SELECT etag, last_modified, digest, file_name, modified IS NOT NULL, coalesce(modified, 0) "
        "FROM downloads WHERE url = ?");
    row.bind_all(url);
    if (!row.next()) return std::nullopt;
    DownloadRecord download{url, row.text(0), row.text(1), Digest::parse(row.text(2)), row.text(3), std::nullopt};
    if (row.integer(4) != 0) download.modified = row.integer(5);
    return download;
}

void Downloads::put(const DownloadRecord& download) {
    const auto database = database_.lock();
    transactions_.where_possible("what an address gave", [&] {
        database->query("INSERT OR REPLACE INTO downloads VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind_all(download.url, download.etag, download.last_modified, download.digest.text(), download.file_name,
                      download.modified, static_cast<std::int64_t>(std::time(nullptr)))
            .run();
    });
}

}  // namespace layers
