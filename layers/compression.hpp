// How a stream of bytes is packed.
#pragma once

#include <string_view>

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

}  // namespace layers
