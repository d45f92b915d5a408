#include "layers/store/file_digests.hpp"

#include <algorithm>
#include <cstring>

namespace layers {
namespace {

constexpr std::size_t digest_bytes = 32;
/// Coarser than any file system's clock that we know of but FAT's.
constexpr std::int64_t settling_ns = 100'000'000;

std::int64_t nanoseconds(const timespec& time) noexcept {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

template <typename Value>
void append(std::string& bytes, Value value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename Value>
Value take(std::string_view& bytes) {
    Value value{};
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
}

}  // namespace

bool RememberedFile::fits(const struct stat& status) const noexcept {
    return inode == status.st_ino && size_bytes == status.st_size && modified_ns == nanoseconds(status.st_mtim) &&
           changed_ns == nanoseconds(status.st_ctim);
}

RememberedFile RememberedFile::of(const struct stat& status, std::string raw_digest) {
    return {status.st_ino, status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
            std::move(raw_digest)};
}

std::string pack_folder(const RememberedFolder& folder) {
    std::string bytes;
    bytes.reserve(folder.size() * 96);
    for (const auto& [name, file] : folder) {
        append(bytes, static_cast<std::uint16_t>(name.size()));
        bytes += name;
        append(bytes, file.inode);
        append(bytes, file.size_bytes);
        append(bytes, file.modified_ns);
        append(bytes, file.changed_ns);
        bytes += file.digest;
    }
    return bytes;
}

RememberedFolder unpack_folder(std::string_view bytes) {
    RememberedFolder folder;
    while (bytes.size() > sizeof(std::uint16_t)) {
        const auto name_bytes = take<std::uint16_t>(bytes);
        if (bytes.size() < name_bytes + 4 * sizeof(std::uint64_t) + digest_bytes) break;
        std::string name(bytes.substr(0, name_bytes));
        bytes.remove_prefix(name_bytes);
        RememberedFile file;
        file.inode = take<std::uint64_t>(bytes);
        file.size_bytes = take<std::int64_t>(bytes);
        file.modified_ns = take<std::int64_t>(bytes);
        file.changed_ns = take<std::int64_t>(bytes);
        file.digest = bytes.substr(0, digest_bytes);
        bytes.remove_prefix(digest_bytes);
        folder.emplace(std::move(name), std::move(file));
    }
    return folder;
}

bool is_settled(const struct stat& status, std::int64_t now_ns) noexcept {
    return std::max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)) + settling_ns < now_ns;
}

}  // namespace layers
