// The packers and unpackers behind layers/compression.hpp, one file each.
#pragma once

#include <memory>

#include "layers/compression.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

std::unique_ptr<CompressingSink> make_gzip_compressor(int level, runtime::Sink& out, unsigned threads);
std::unique_ptr<CompressingSink> make_zstd_compressor(int level, runtime::Sink& out, unsigned threads);

/// One kind of packed stream, decoded piece by piece.
class Decoder {
public:
    virtual ~Decoder() = default;
    /// The name for messages.
    virtual std::string_view name() const noexcept = 0;
    /// Decodes from the front of `in` to the front of `out`, and shortens both by what was used. Returns whether a
    /// stream ended. Throws DamagedStream.
    virtual bool step(runtime::Bytes& in, std::span<std::byte>& out) = 0;
    /// Gets ready for another stream behind the one that ended.
    virtual void restart() = 0;
};

std::unique_ptr<Decoder> make_gzip_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();
std::unique_ptr<Decoder> make_bzip2_decoder();
std::unique_ptr<Decoder> make_xz_decoder();

}  // namespace layers
