#include "layers/archive_reader.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "layers/compression.hpp"
#include "layers/tar_reader.hpp"
#include "runtime/base/error.hpp"

namespace layers {
namespace {

constexpr std::size_t tar_header_bytes = 512;
/// The longest magic number.
constexpr std::size_t magic_bytes = 6;

/// Fills the buffer as far as the source goes; returns what it has.
std::span<std::byte> read_up_to(runtime::Source& source, std::span<std::byte> buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const std::size_t count = source.read(buffer.subspan(done));
        if (count == 0) break;
        done += count;
    }
    return buffer.first(done);
}

/// A source that begins with bytes that have been read from it already.
class ResumedSource final : public runtime::Source {
public:
    ResumedSource(runtime::Bytes first, runtime::Source& rest) : first_(first), rest_(rest) {}
    std::size_t read(std::span<std::byte> buffer) override {
        if (first_.empty()) return rest_.read(buffer);
        const std::size_t count = std::min(first_.size(), buffer.size());
        std::copy_n(first_.begin(), count, buffer.begin());
        first_ = first_.subspan(count);
        return count;
    }

private:
    runtime::Bytes first_;
    runtime::Source& rest_;
};

/// The archive's content, unpacked by what its first bytes say.
class UnpackedSource final : public runtime::Source {
public:
    explicit UnpackedSource(runtime::Source& source)
        : resumed_(read_up_to(source, magic_), source),
          content_(make_decompressor(detect_compression(magic_), resumed_, TrailingBytes::ignored)) {}
    std::size_t read(std::span<std::byte> buffer) override { return content_->read(buffer); }

private:
    std::array<std::byte, magic_bytes> magic_{};
    ResumedSource resumed_;
    std::unique_ptr<runtime::Source> content_;
};

}  // namespace

UnpackStatistics extract_archive(runtime::Source& archive, const runtime::Fd& root, const ExtractOptions& options) {
    UnpackedSource tar(archive);
    return unpack(tar, root,
                  {.destination = options.destination,
                   .keep_existing_folders = true,
                   .owners = options.owners,
                   .skip_devices = options.skip_devices,
                   .max_bytes = options.max_bytes});
}

bool is_archive(runtime::Source& source) {
    UnpackedSource content(source);
    std::array<std::byte, tar_header_bytes> block;
    try {
        return is_tar_header(read_up_to(content, block));
    } catch (const DamagedStream&) {
        return false;  // what merely begins like a packed file is a plain file
    }
}

}  // namespace layers
