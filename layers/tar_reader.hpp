// Reads tar streams that nobody has vouched for: ustar, PAX, GNU and old forms, sparse files, by libarchive. What it
// returns is what the stream says; whether to believe it is for the caller.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "layers/tar_entry.hpp"
#include "layers/tar_guard.hpp"
#include "runtime/base/stream.hpp"

struct archive;
struct archive_entry;

namespace layers {

/// Iterates over the entries of an uncompressed tar stream. Names are passed on as the bytes that they are, which holds
/// as long as the program stays in the C locale. Throws Error on a stream that is cut off or makes no sense.
class TarReader {
public:
    /// The source outlives the reader.
    explicit TarReader(runtime::Source& source);

    /// The next entry, valid until the next call, or none at the end. What was not read of the last one is skipped.
    const TarEntry* next();

    struct Piece {
        runtime::Bytes bytes;
        std::uint64_t offset = 0;  ///< in the content; what lies between pieces is zeros
    };
    /// The next piece of the entry's content, in the order of offsets and within its size, or none at its end.
    std::optional<Piece> next_piece();

    /// Reads what follows the end of the archive, so that a digest over the source sees all of it.
    void drain();

private:
    struct Releaser {
        void operator()(archive* handle) const noexcept;
    };
    static std::int64_t read_callback(archive* handle, void* self, const void** buffer);
    std::int64_t fill(const void** buffer);
    [[noreturn]] void fail(const char* act);
    void take(archive_entry* found);

    runtime::Source& source_;
    std::vector<std::byte> buffer_;
    TarGuard guard_;
    std::exception_ptr source_error_;
    std::unique_ptr<archive, Releaser> archive_;
    TarEntry entry_;
    std::uint64_t content_end_ = 0;
};

/// Whether 512 bytes are the header of a tar entry: its checksum is right.
bool is_tar_header(runtime::Bytes block) noexcept;

}  // namespace layers
