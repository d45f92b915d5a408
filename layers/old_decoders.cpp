// bzip2 and xz, which ADD unpacks and nothing here writes.
#include <bzlib.h>
#include <lzma.h>

#include <algorithm>
#include <limits>

#include "layers/compressors.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

constexpr std::size_t most_at_once = std::numeric_limits<unsigned>::max();

class Bzip2Decoder final : public Decoder {
public:
    Bzip2Decoder() { restart(); }
    ~Bzip2Decoder() override { BZ2_bzDecompressEnd(&stream_); }
    Bzip2Decoder(const Bzip2Decoder&) = delete;
    Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;

    std::string_view name() const noexcept override { return "bzip2"; }

    bool step(runtime::Bytes& in, std::span<std::byte>& out) override {
        const std::size_t in_bytes = std::min(in.size(), most_at_once);
        const std::size_t out_bytes = std::min(out.size(), most_at_once);
        stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(in.data()));
        stream_.avail_in = static_cast<unsigned>(in_bytes);
        stream_.next_out = reinterpret_cast<char*>(out.data());
        stream_.avail_out = static_cast<unsigned>(out_bytes);
        const int result = BZ2_bzDecompress(&stream_);
        if (result != BZ_OK && result != BZ_STREAM_END) throw DamagedStream("the bzip2 stream is damaged ({})", result);
        in = in.subspan(in_bytes - stream_.avail_in);
        out = out.subspan(out_bytes - stream_.avail_out);
        return result == BZ_STREAM_END;
    }

    void restart() override {
        BZ2_bzDecompressEnd(&stream_);
        stream_ = {};
        if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw runtime::Error("cannot start reading bzip2");
    }

private:
    bz_stream stream_{};
};

class XzDecoder final : public Decoder {
public:
    XzDecoder() { restart(); }
    ~XzDecoder() override { lzma_end(&stream_); }
    XzDecoder(const XzDecoder&) = delete;
    XzDecoder& operator=(const XzDecoder&) = delete;

    std::string_view name() const noexcept override { return "xz"; }

    bool step(runtime::Bytes& in, std::span<std::byte>& out) override {
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
        stream_.avail_in = in.size();
        stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream_.avail_out = out.size();
        const lzma_ret result = lzma_code(&stream_, LZMA_RUN);
        // BUF_ERROR means that there is nothing to do with what was given; the caller gives more or sees the end.
        if (result == LZMA_MEMLIMIT_ERROR)
            throw DamagedStream("the xz stream needs more than {} bytes to unpack", most_memory);
        if (result != LZMA_OK && result != LZMA_STREAM_END && result != LZMA_BUF_ERROR)
            throw DamagedStream("the xz stream is damaged ({})", static_cast<int>(result));
        in = in.last(stream_.avail_in);
        out = out.last(stream_.avail_out);
        return result == LZMA_STREAM_END;
    }

    void restart() override {
        if (lzma_stream_decoder(&stream_, most_memory, 0) != LZMA_OK) throw runtime::Error("cannot start reading xz");
    }

private:
    /// xz -9 needs 65 MiB.
    static constexpr std::uint64_t most_memory = 128U << 20;
    lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder() {
    return std::make_unique<Bzip2Decoder>();
}

std::unique_ptr<Decoder> make_xz_decoder() {
    return std::make_unique<XzDecoder>();
}

}  // namespace layers
