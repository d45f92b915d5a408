#include "builder/cli/columns.hpp"

#include <algorithm>
#include <array>

#include "builder/syntax/unicode.hpp"

namespace builder {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// Unicode, "Mn" and "Me" as far as texts have them, and what joins others.
constexpr std::array without_width = {
    Range{0x300, 0x36f},   Range{0x483, 0x489},   Range{0x591, 0x5bd},   Range{0x610, 0x61a},   Range{0x64b, 0x65f},
    Range{0x93c, 0x93c},   Range{0x941, 0x948},   Range{0xe34, 0xe3a},   Range{0xe47, 0xe4e},   Range{0x1ab0, 0x1aff},
    Range{0x1dc0, 0x1dff}, Range{0x200b, 0x200f}, Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}};

/// UAX #11, "W" and "F".
constexpr std::array wide = {
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23ec},   Range{0x2614, 0x2615},
    Range{0x2648, 0x2653},   Range{0x26a1, 0x26a1},   Range{0x2705, 0x2705},   Range{0x274c, 0x274c},
    Range{0x2753, 0x2755},   Range{0x2795, 0x2797},   Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0xa4cf},   Range{0xa960, 0xa97c},   Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},
    Range{0x1f004, 0x1f004}, Range{0x1f18e, 0x1f19a}, Range{0x1f200, 0x1f64f}, Range{0x1f680, 0x1f6ff},
    Range{0x1f7e0, 0x1f7eb}, Range{0x1f90c, 0x1faff}, Range{0x20000, 0x3fffd}};

template <typename Ranges>
bool contains(const Ranges& ranges, char32_t character) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [character](const Range& range) { return character >= range.first && character <= range.last; });
}

std::size_t width_of(char32_t character) {
    if (character < 0x300) return 1;
    if (contains(without_width, character)) return 0;
    return contains(wide, character) ? 2 : 1;
}

}  // namespace

std::size_t style_length(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    const std::size_t end = text.find_first_not_of("0123456789;:", 2);
    return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (DecodedCharacter next; !text.empty(); text.remove_prefix(next.length)) {
        next = decode_character(text);
        columns += width_of(next.value);
    }
    return columns;
}

std::size_t columns_of_styled(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const std::size_t style = style_length(text);
        if (style == 0) plain += text.front();
        text.remove_prefix(std::max<std::size_t>(style, 1));
    }
    return columns_of(plain);
}

std::string fitted(std::string_view text, std::size_t columns) {
    if (columns_of(text) <= columns) return std::string(text);
    if (columns == 0) return "";
    std::size_t taken = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const DecodedCharacter next = decode_character(text.substr(bytes));
        const std::size_t width = width_of(next.value);
        if (taken + width > columns - 1) break;
        taken += width;
        bytes += next.length;
    }
    return std::string(text.substr(0, bytes)) + "…";
}

std::string fitted_styled(std::string_view text, std::size_t columns) {
    if (columns_of_styled(text) <= columns) return std::string(text);
    std::string result;
    std::size_t taken = 0;
    bool is_full = columns == 0;
    while (!text.empty()) {
        const std::size_t style = style_length(text);
        const DecodedCharacter next = decode_character(text);
        const std::size_t length = style > 0 ? style : next.length;
        if (style > 0) {
            result += text.substr(0, length);
        } else if (!is_full) {
            const std::size_t width = width_of(next.value);
            is_full = taken + width > columns - 1;
            result += is_full ? "…" : std::string(text.substr(0, length));
            taken += width;
        }
        text.remove_prefix(length);
    }
    return result;
}

}  // namespace builder
