#include "layers/content_hash.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/data_range.hpp"
#include "runtime/sys/file.hpp"

namespace layers {
namespace {

constexpr std::size_t piece_bytes = 1U << 20;

void hash_zeros(off_t count, Hasher& hasher) {
    static constexpr std::array<std::byte, 1U << 16> zeros{};
    while (count > 0) {
        const auto part = static_cast<std::size_t>(std::min<off_t>(count, zeros.size()));
        hasher.write(runtime::Bytes(zeros).first(part));
        count -= static_cast<off_t>(part);
    }
}

/// Returns the place behind the last byte read: before `end` where the file ends there.
off_t hash_range(const runtime::Fd& file, off_t begin, off_t end, const std::string& name, Hasher& hasher) {
    static thread_local std::vector<std::byte> buffer(piece_bytes);
    while (begin < end) {
        const auto wanted = static_cast<std::size_t>(std::min<off_t>(end - begin, piece_bytes));
        const ssize_t count = ::pread(file.get(), buffer.data(), wanted, begin);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw runtime::SystemError("cannot read {}", runtime::quoted(name));
        if (count == 0) break;
        hasher.write(runtime::Bytes(buffer).first(static_cast<std::size_t>(count)));
        begin += count;
    }
    return begin;
}

}  // namespace

std::uint64_t hash_content(const runtime::Fd& file, const std::string& name, Hasher& hasher) {
    const struct stat status = runtime::stat_of(file);
    const bool has_holes = status.st_blocks * 512 < status.st_size;
    off_t at = 0;
    while (has_holes && at < status.st_size) {
        const auto [begin, end] = runtime::next_data(file, at, status.st_size);
        hash_zeros(begin - at, hasher);
        at = hash_range(file, begin, end, name, hasher);
        if (at < end) return static_cast<std::uint64_t>(at);
    }
    // Whatever it has become longer by since then is part of it.
    constexpr off_t no_end = std::numeric_limits<off_t>::max();
    return static_cast<std::uint64_t>(hash_range(file, at, no_end, name, hasher));
}

}  // namespace layers
