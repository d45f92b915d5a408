#include "layers/store/blobs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace layers {

using runtime::quoted;
using runtime::SystemError;

std::string Blobs::path(const Digest& digest) const {
    return fmt::format("{}/blobs/{}/{}", root_, digest.algorithm_name(), digest.hex());
}

std::optional<BlobRecord> Blobs::find(const Digest& digest) {
    const auto database = database_.lock();
    Query row = database->query("SELECT size_bytes, diff_id FROM blobs WHERE digest = ?");
    row.bind_all(digest.text());
    if (!row.next()) return std::nullopt;
    return BlobRecord{digest, row.integer(0), Digest::parse_if_valid(row.text(1))};
}

std::vector<BlobRecord> Blobs::of_layer(const Digest& diff_id) {
    const auto database = database_.lock();
    Query row = database->query("SELECT digest, size_bytes FROM blobs WHERE diff_id = ? ORDER BY digest");
    row.bind_all(diff_id.text());
    std::vector<BlobRecord> blobs;
    while (row.next()) blobs.push_back({Digest::parse(row.text(0)), row.integer(1), diff_id});
    return blobs;
}

void Blobs::put_in_place(const std::string& staged_path, const BlobRecord& blob) const {
    const std::string target = path(blob.digest);
    runtime::make_folders(target.substr(0, target.rfind('/')), 0700);
    {
        const runtime::Fd file = runtime::open_path(staged_path, O_RDONLY);
        if (::fdatasync(file.get()) != 0) throw SystemError("cannot flush {}", quoted(staged_path));
    }
    if (::rename(staged_path.c_str(), target.c_str()) != 0)
        throw SystemError("cannot move a blob to {}", quoted(target));
}

void Blobs::insert(const BlobRecord& blob) {
    const std::optional<std::string> diff_id = blob.diff_id ? std::optional(blob.diff_id->text()) : std::nullopt;
    const auto database = database_.lock();
    database->query("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)")
        .bind_all(blob.digest.text(), blob.size_bytes, diff_id)
        .run();
}

void Blobs::add(const std::string& staged_path, const BlobRecord& blob) {
    put_in_place(staged_path, blob);
    insert(blob);
}

void Blobs::add(const std::string& staged_path, const BlobRecord& blob, const std::function<void()>& with) {
    put_in_place(staged_path, blob);
    transactions_.run([&] {
        insert(blob);
        with();
    });
}

}  // namespace layers
