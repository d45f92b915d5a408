// gzip by ISA-L. The content is cut into chunks of a fixed size that are packed independently of each other, so that
// several threads make the same bytes as one; together they are one gzip member (RFC 1952), as some readers stop after
// the first.
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "layers/chunked_packing.hpp"
#include "layers/compressors.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

/// Smaller chunks pack worse (0.3% at 256 KiB), larger ones take more memory.
constexpr std::size_t chunk_bytes = 512 * 1024;
/// Each chunk takes up to 1.1 MiB with its result.
constexpr std::size_t most_chunks_in_flight = 16;

constexpr std::array<std::uint8_t, 10> header{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
/// An empty last block with fixed codes.
constexpr std::array<std::uint8_t, 2> last_block{3, 0};

/// ISA-L knows three levels. The second is nearly as fast as the first and packs as well as zlib's first two.
int isal_level(int level) {
    if (level < 0 || level > 9) throw runtime::Error("gzip has the levels 1 to 9, not {}", level);
    if (level == default_level) return 2;
    return level == 1 ? 1 : level <= 5 ? 2 : 3;
}

/// Packs one chunk after the other into blocks that end on a byte and refer to nothing before them.
class GzipPacker final : public ChunkPacker {
public:
    explicit GzipPacker(int level)
        : level_(level), stream_(std::make_unique<isal_zstream>()), memory_(memory_bytes(level)) {}

    void pack(runtime::Bytes content, PackedBytes& packed) override {
        isal_deflate_init(stream_.get());
        stream_->level = static_cast<std::uint32_t>(level_);
        stream_->level_buf = memory_.data();
        stream_->level_buf_size = static_cast<std::uint32_t>(memory_.size());
        stream_->flush = FULL_FLUSH;
        stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(content.data()));
        stream_->avail_in = static_cast<std::uint32_t>(content.size());
        packed.reserve(content.size() + content.size() / 64 + 4096);
        do {
            if (packed.room().empty()) packed.reserve(packed.used() * 2);
            const auto room = packed.room();
            stream_->next_out = reinterpret_cast<std::uint8_t*>(room.data());
            stream_->avail_out = static_cast<std::uint32_t>(room.size());
            if (const int result = isal_deflate(stream_.get()); result != COMP_OK)
                throw runtime::Error("gzip compression failed ({})", result);
            packed.set_used(packed.used() + room.size() - stream_->avail_out);
        } while (stream_->avail_out == 0 || stream_->avail_in != 0);
    }

private:
    static std::size_t memory_bytes(int level) {
        return level == 1 ? ISAL_DEF_LVL1_DEFAULT : level == 2 ? ISAL_DEF_LVL2_DEFAULT : ISAL_DEF_LVL3_DEFAULT;
    }

    int level_;
    std::unique_ptr<isal_zstream> stream_;
    std::vector<std::uint8_t> memory_;
};

class GzipCompressor final : public CompressingSink {
public:
    using Sink::write;

    GzipCompressor(int level, runtime::Sink& out, unsigned threads)
        : out_(out),
          chunks_({.chunk_bytes = chunk_bytes,
                   .most_in_flight = most_chunks_in_flight,
                   .make_packer = [level = isal_level(level)] { return std::make_unique<GzipPacker>(level); }},
                  out, threads) {}

    void write(runtime::Bytes bytes) override {
        begin();
        crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
        size_ += bytes.size();
        chunks_.write(bytes);
    }

    void finish() override {
        begin();
        chunks_.finish();
        std::array<std::uint8_t, 10> end{};
        std::copy(last_block.begin(), last_block.end(), end.begin());
        for (unsigned i = 0; i < 4; ++i) {
            end[2 + i] = static_cast<std::uint8_t>(crc_ >> (8 * i));
            end[6 + i] = static_cast<std::uint8_t>(size_ >> (8 * i));
        }
        out_.write(std::as_bytes(std::span(end)));
    }

private:
    void begin() {
        if (has_begun_) return;
        has_begun_ = true;
        out_.write(std::as_bytes(std::span(header)));
    }

    runtime::Sink& out_;
    std::uint32_t crc_ = 0;
    std::uint64_t size_ = 0;
    bool has_begun_ = false;
    ChunkedPacking chunks_;
};

class GzipDecoder final : public Decoder {
public:
    GzipDecoder() : state_(std::make_unique<inflate_state>()) { restart(); }

    std::string_view name() const noexcept override { return "gzip"; }

    bool step(runtime::Bytes& in, std::span<std::byte>& out) override {
        constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
        const std::size_t in_bytes = std::min(in.size(), most);
        const std::size_t out_bytes = std::min(out.size(), most);
        state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
        state_->avail_in = static_cast<std::uint32_t>(in_bytes);
        state_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
        state_->avail_out = static_cast<std::uint32_t>(out_bytes);
        const int result = has_header_ || read_header() ? isal_inflate(state_.get()) : ISAL_DECOMP_OK;
        if (result < 0) throw DamagedStream("the gzip stream is damaged ({})", reason(result));
        in = in.subspan(in_bytes - state_->avail_in);
        out = out.subspan(out_bytes - state_->avail_out);
        return state_->block_state == ISAL_BLOCK_FINISH;
    }

    void restart() override {
        isal_inflate_init(state_.get());
        state_->crc_flag = ISAL_GZIP;
        has_header_ = false;
        header_ = {};
    }

private:
    /// Whether the whole header has been read. isal_inflate would read it too, but forgets between two pieces of input
    /// what the first said about the rest.
    bool read_header() {
        const int result = isal_read_gzip_header(state_.get(), &header_);
        if (result < 0) throw DamagedStream("the gzip stream is damaged ({})", reason(result));
        has_header_ = result == ISAL_DECOMP_OK;
        return has_header_;
    }

    static std::string_view reason(int result) noexcept {
        switch (result) {
            case ISAL_INCORRECT_CHECKSUM:
                return "wrong checksum";
            case ISAL_INVALID_WRAPPER:
                return "no gzip header";
            case ISAL_UNSUPPORTED_METHOD:
                return "unknown method";
            default:
                return "invalid data";
        }
    }

    std::unique_ptr<inflate_state> state_;
    isal_gzip_header header_{};
    bool has_header_ = false;
};

}  // namespace

std::unique_ptr<CompressingSink> make_gzip_compressor(int level, runtime::Sink& out, unsigned threads) {
    return std::make_unique<GzipCompressor>(level, out, threads);
}

std::unique_ptr<Decoder> make_gzip_decoder() {
    return std::make_unique<GzipDecoder>();
}

}  // namespace layers
