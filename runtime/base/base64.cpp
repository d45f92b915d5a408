#include "runtime/base/base64.hpp"

#include <cstdint>

namespace runtime {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string encode_base64(std::string_view bytes) {
    std::string result;
    result.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = i; j < i + 3; ++j)
            group = (group << 8U) | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            result += i + j <= bytes.size() ? digits[(group >> (18U - 6U * j)) & 63U] : '=';
    }
    return result;
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string result;
    std::uint32_t group = 0;
    unsigned bits = 0;
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with('=')) text.remove_suffix(1);
    for (const char c : text) {
        if (c == '\n' || c == '\r') continue;
        const std::size_t digit = digits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        group = (group << 6U) | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        result += static_cast<char>((group >> bits) & 255U);
    }
    // One digit alone makes no byte.
    if (bits >= 6) return std::nullopt;
    return result;
}

}  // namespace runtime
