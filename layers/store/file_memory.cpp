#include "layers/store/file_memory.hpp"

namespace layers {

RememberedFolder FileMemory::recall(std::uint64_t device, std::uint64_t inode) {
    const auto database = database_.lock();
    Query row = database->query("SELECT entries FROM file_digests WHERE device = ? AND inode = ?");
    row.bind_all(static_cast<std::int64_t>(device), static_cast<std::int64_t>(inode));
    if (!row.next()) return {};
    return unpack_folder(row.text(0));
}

void FileMemory::remember(std::uint64_t device, std::uint64_t inode, const RememberedFolder& folder) {
    const auto database = database_.lock();
    Query insert = database->query("INSERT OR REPLACE INTO file_digests (device, inode, entries) VALUES (?, ?, ?)");
    insert.bind_all(static_cast<std::int64_t>(device), static_cast<std::int64_t>(inode));
    insert.bind_bytes(3, pack_folder(folder)).run();
}

}  // namespace layers
