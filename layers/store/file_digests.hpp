// Digests of files, remembered by what stat(2) says of them, so that what has not changed is not read again.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

namespace layers {

/// What is known of one file of a folder. `digest` is the SHA-256 of the content, raw.
struct RememberedFile {
    std::uint64_t inode = 0;
    std::int64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    std::string digest;

    /// Whether the file is still the one that was read.
    bool fits(const struct stat& status) const noexcept;
    static RememberedFile of(const struct stat& status, std::string raw_digest);
};

/// All remembered files of a folder by name.
using RememberedFolder = std::unordered_map<std::string, RememberedFile>;

/// The form in the database: for each file, without padding and in the byte order of the machine: u16 length of the
/// name, the name, u64 inode, i64 size, i64 mtime and i64 ctime in nanoseconds, 32 bytes digest.
std::string pack_folder(const RememberedFolder& folder);
/// Damaged bytes give what is whole of them: at worst a file is read again.
RememberedFolder unpack_folder(std::string_view bytes);

/// Whether a file is old enough to be remembered: one written in the same moment as it was read could change once more
/// without its times telling. now_ns is CLOCK_REALTIME before the file was opened.
bool is_settled(const struct stat& status, std::int64_t now_ns) noexcept;

}  // namespace layers
