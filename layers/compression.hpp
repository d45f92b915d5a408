// How a stream of bytes is packed, and the sinks and sources that pack and unpack it while it passes by.
#pragma once

#include <memory>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// bzip2 and xz are only read.
enum class Compression { none, gzip, zstd, bzip2, xz };

/// "gzip", "zstd", …; "none" for none.
constexpr std::string_view compression_name(Compression compression) noexcept {
    switch (compression) {
        case Compression::none:
            return "none";
        case Compression::gzip:
            return "gzip";
        case Compression::zstd:
            return "zstd";
        case Compression::bzip2:
            return "bzip2";
        case Compression::xz:
            return "xz";
    }
    return "";
}

/// What a stream is packed with, by its first bytes (six are enough); none where they are no known magic number.
Compression detect_compression(runtime::Bytes first_bytes) noexcept;

/// A sink that needs to be told when all has been written.
class CompressingSink : public runtime::Sink {
public:
    /// Writes what is left and ends the stream. Once; without it the stream is cut off.
    virtual void finish() = 0;
};

/// Stands for the level that suits each compression best: fast, as layers are packed more often than they are fetched.
inline constexpr int default_level = 0;

/// Packs what is written and passes it to `out`, which is used by the calling thread only and outlives the compressor.
/// The bytes depend on the content and the level alone, not on the threads or on how the content is cut into writes.
/// Levels are those of the command-line tools: gzip 1 to 9, zstd 1 to 19. Memory stays under 32 MiB at the default
/// levels. Throws Error for levels that do not exist and for compressions that are only read.
std::unique_ptr<CompressingSink> make_compressor(Compression compression, int level, runtime::Sink& out,
                                                 unsigned threads);

/// What a decompressor throws where its stream is at fault, not the source that it reads from.
class DamagedStream : public runtime::Error {
public:
    using Error::Error;
};

/// What is done with bytes behind the end of a packed stream that begin no other one.
enum class TrailingBytes {
    refused,
    ignored,  ///< as gzip, bzip2 and xz do, for archives that somebody has padded or signed
};

/// Unpacks what it reads from `in`, which outlives it; streams one behind the other are one. Throws
/// DamagedStream where the stream is cut off or damaged. Memory is bounded, whatever the stream asks for.
std::unique_ptr<runtime::Source> make_decompressor(Compression compression, runtime::Source& in,
                                                   TrailingBytes trailing = TrailingBytes::refused);

}  // namespace layers
