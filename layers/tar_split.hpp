// What tar-split keeps of a tar: all but the contents of its files, so that the very same tar can be put together of
// these and the unpacked files. JSON lines, as https://github.com/vbatts/tar-split reads them (package storage).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

#include "layers/crc64.hpp"
#include "runtime/base/stream.hpp"

namespace layers {

/// Takes a tar as it comes and writes the lines to `out`, which outlives it. Throws Error for a tar that cannot be put
/// together again from files: with a name twice, with sparse files, or none at all.
class TarSplitSink final : public runtime::Sink {
public:
    using Sink::write;
    explicit TarSplitSink(runtime::Sink& out) : out_(out) {}
    void write(runtime::Bytes bytes) override;
    /// Writes the last lines. Once, at the end.
    void finish();

private:
    enum class Part { header, extension, content, padding, end };

    void take(runtime::Bytes bytes);
    std::size_t wanted() const noexcept;
    void part_is_whole();
    void read_header();
    void begin_file(char type, std::uint64_t size);
    void read_extension();
    void read_records();
    void write_segment();
    void write_file();
    void write_line(const std::string& line);

    runtime::Sink& out_;
    Part part_ = Part::header;
    std::uint64_t left_ = 512;    ///< of this part
    std::string segment_;         ///< bytes of the tar that no line has yet
    std::size_t part_begin_ = 0;  ///< where this part begins in segment_
    char extension_type_ = 0;     ///< of the extension that is read
    std::uint64_t after_ = 0;     ///< bytes of padding behind this part
    std::string long_name_;       ///< what extensions say of the next entry
    std::string record_name_;
    std::int64_t record_size_ = -1;
    std::string name_;  ///< of the file that is read
    std::uint64_t size_ = 0;
    Crc64 sum_;
    std::unordered_set<std::string> names_;
    std::uint64_t position_ = 0;
};

}  // namespace layers
