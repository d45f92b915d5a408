#include "layers/compression.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "layers/compressors.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t input_bytes = 128 * 1024;
/// The longest magic number.
constexpr std::size_t magic_bytes = 6;

std::unique_ptr<Decoder> make_decoder(Compression compression) {
    switch (compression) {
        case Compression::gzip:
            return make_gzip_decoder();
        case Compression::zstd:
            return make_zstd_decoder();
        case Compression::bzip2:
            return make_bzip2_decoder();
        case Compression::xz:
            return make_xz_decoder();
        case Compression::none:
            break;
    }
    throw runtime::Error("unknown compression");
}

class PlainSink final : public CompressingSink {
public:
    using Sink::write;
    explicit PlainSink(runtime::Sink& out) : out_(out) {}
    void write(runtime::Bytes bytes) override { out_.write(bytes); }
    void finish() override {}

private:
    runtime::Sink& out_;
};

class PlainSource final : public runtime::Source {
public:
    explicit PlainSource(runtime::Source& in) : in_(in) {}
    std::size_t read(std::span<std::byte> buffer) override { return in_.read(buffer); }

private:
    runtime::Source& in_;
};

class DecodingSource final : public runtime::Source {
public:
    DecodingSource(Compression compression, runtime::Source& in, TrailingBytes trailing)
        : compression_(compression),
          decoder_(make_decoder(compression)),
          in_(in),
          trailing_(trailing),
          buffer_(input_bytes) {}

    std::size_t read(std::span<std::byte> buffer) override {
        std::span<std::byte> room = buffer;
        while (room.size() == buffer.size() && !buffer.empty()) {
            if (rest_.empty() && !at_end_) refill();
            if (is_between_streams_ && !begin_next()) return 0;
            const std::size_t before = rest_.size();
            is_between_streams_ = decoder_->step(rest_, room);
            const bool has_moved = rest_.size() != before || room.size() != buffer.size() || is_between_streams_;
            if (!has_moved && at_end_) throw DamagedStream("the {} stream is cut off", decoder_->name());
            if (!has_moved && !rest_.empty()) throw DamagedStream("the {} stream is damaged", decoder_->name());
        }
        return buffer.size() - room.size();
    }

private:
    void refill() {
        const std::size_t count = in_.read(buffer_);
        rest_ = runtime::Bytes(buffer_).first(count);
        at_end_ = count == 0;
    }

    /// Whether another stream follows. Zeros between and behind streams are padding.
    bool begin_next() {
        while (!at_end_) {
            while (!rest_.empty() && rest_.front() == std::byte{0}) rest_ = rest_.subspan(1);
            if (!rest_.empty()) break;
            refill();
        }
        if (!at_end_ && trailing_ == TrailingBytes::ignored && !begins_stream()) {
            rest_ = {};
            at_end_ = true;
        }
        if (at_end_) return false;
        decoder_->restart();
        is_between_streams_ = false;
        return true;
    }

    bool begins_stream() {
        // Some bytes may be at the end of one piece and the others at the beginning of the next.
        std::copy(rest_.begin(), rest_.end(), buffer_.begin());
        std::size_t size = rest_.size();
        while (size < magic_bytes) {
            const std::size_t count = in_.read(std::span(buffer_).subspan(size));
            if (count == 0) break;
            size += count;
        }
        rest_ = runtime::Bytes(buffer_).first(size);
        return detect_compression(rest_) == compression_;
    }

    Compression compression_;
    std::unique_ptr<Decoder> decoder_;
    runtime::Source& in_;
    TrailingBytes trailing_;
    std::vector<std::byte> buffer_;
    runtime::Bytes rest_;
    bool at_end_ = false;
    bool is_between_streams_ = false;
};

bool begins_with(runtime::Bytes bytes, std::string_view magic) noexcept {
    const auto expected = std::as_bytes(std::span(magic.data(), magic.size()));
    return bytes.size() >= magic.size() && std::equal(expected.begin(), expected.end(), bytes.begin());
}

/// zstd's skippable frames, which some tools put first: 50 to 5F, 2A 4D 18.
bool begins_with_skippable_frame(runtime::Bytes bytes) noexcept {
    return bytes.size() >= 4 && (bytes[0] & std::byte{0xf0}) == std::byte{0x50} &&
           begins_with(bytes.subspan(1), "\x2a\x4d\x18"sv);
}

}  // namespace

Compression detect_compression(runtime::Bytes first_bytes) noexcept {
    if (begins_with(first_bytes, "\x1f\x8b"sv)) return Compression::gzip;
    if (begins_with(first_bytes, "\x28\xb5\x2f\xfd"sv) || begins_with_skippable_frame(first_bytes))
        return Compression::zstd;
    if (begins_with(first_bytes, "BZh"sv)) return Compression::bzip2;
    if (begins_with(first_bytes, "\xfd\x37zXZ\0"sv)) return Compression::xz;
    return Compression::none;
}

std::unique_ptr<CompressingSink> make_compressor(Compression compression, int level, runtime::Sink& out,
                                                 unsigned threads) {
    switch (compression) {
        case Compression::none:
            return std::make_unique<PlainSink>(out);
        case Compression::gzip:
            return make_gzip_compressor(level, out, threads);
        case Compression::zstd:
            return make_zstd_compressor(level, out, threads);
        default:
            throw runtime::Error("cannot compress with {}", compression_name(compression));
    }
}

std::unique_ptr<runtime::Source> make_decompressor(Compression compression, runtime::Source& in,
                                                   TrailingBytes trailing) {
    if (compression == Compression::none) return std::make_unique<PlainSource>(in);
    return std::make_unique<DecodingSource>(compression, in, trailing);
}

}  // namespace layers
