#include "runtime/base/stream.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;

}  // namespace

std::size_t MemorySource::read(std::span<std::byte> buffer) {
    const std::size_t count = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.begin(), count, buffer.begin());
    rest_ = rest_.subspan(count);
    return count;
}

void StringSink::write(Bytes bytes) {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::uint64_t copy_all(Source& source, Sink& sink) {
    std::vector<std::byte> buffer(buffer_bytes);
    std::uint64_t total = 0;
    while (const std::size_t count = source.read(buffer)) {
        sink.write(Bytes(buffer).first(count));
        total += count;
    }
    return total;
}

std::string read_all(Source& source, std::size_t limit_bytes, std::string_view what) {
    std::string text;
    std::array<std::byte, 16 * 1024> buffer;
    while (const std::size_t count = source.read(buffer)) {
        if (text.size() + count > limit_bytes) throw Error("{} is larger than {} bytes", what, limit_bytes);
        text.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
    return text;
}

}  // namespace runtime
