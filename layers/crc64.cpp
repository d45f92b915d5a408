#include "layers/crc64.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace layers {
namespace {

static_assert(std::endian::native == std::endian::little, "eight bytes are read as one number below");

constexpr std::uint64_t polynomial = 0xD800000000000000;
constexpr std::size_t step_bytes = 8;
using Table = std::array<std::uint64_t, 256>;

/// Table k says what a byte does that has k more bytes behind it.
constexpr std::array<Table, step_bytes> make_tables() {
    std::array<Table, step_bytes> tables{};
    for (std::uint64_t byte = 0; byte < 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
        tables[0][byte] = value;
    }
    for (std::size_t byte = 0; byte < 256; ++byte)
        for (std::size_t k = 1; k < step_bytes; ++k)
            tables[k][byte] = tables[0][tables[k - 1][byte] & 0xFF] ^ (tables[k - 1][byte] >> 8);
    return tables;
}

constexpr std::array<Table, step_bytes> tables = make_tables();

}  // namespace

void Crc64::add(runtime::Bytes bytes) noexcept {
    std::uint64_t state = state_;
    for (; bytes.size() >= step_bytes; bytes = bytes.subspan(step_bytes)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes.data(), sizeof eight);
        state ^= eight;
        std::uint64_t next = 0;
        for (std::size_t i = 0; i < step_bytes; ++i) next ^= tables[step_bytes - 1 - i][(state >> (8 * i)) & 0xFF];
        state = next;
    }
    for (const std::byte byte : bytes)
        state = tables[0][(state ^ static_cast<std::uint64_t>(byte)) & 0xFF] ^ (state >> 8);
    state_ = state;
}

}  // namespace layers
