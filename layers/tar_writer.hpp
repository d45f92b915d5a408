// A tar stream with one fixed form for each entry, so that the same entries always make the same bytes: ustar headers,
// and PAX records (POSIX.1-2001) for just what ustar cannot say.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "layers/tar_entry.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// Writes entries to a sink in large pieces. Paths come without a leading "/" or "./", those of folders with or without
/// a "/" at the end. After begin() exactly entry.size bytes of content must follow, by write(),
/// write_zeros() or room() and advance(); padding is its own affair. Throws Error where more or fewer come.
class TarWriter {
public:
    explicit TarWriter(runtime::Sink& out);

    void begin(const TarEntry& entry);
    void write(runtime::Bytes content);
    void write_zeros(std::uint64_t count);
    /// A place of at least so many bytes (at most 64 KiB may be asked for) to read content into, without copying it.
    std::span<std::byte> room(std::size_t at_least_bytes);
    /// Says that the first bytes of the last room() are content now.
    void advance(std::size_t count);
    /// Hands what was written so far to the sink.
    void flush();
    /// Writes the end of the archive. The sink has everything after this.
    void finish();

    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    void append(runtime::Bytes bytes);
    void append_zeros(std::size_t count);
    void pad();

    runtime::Sink& out_;
    std::unique_ptr<std::byte[]> buffer_;
    std::size_t used_bytes_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t content_left_ = 0;
};

}  // namespace layers
