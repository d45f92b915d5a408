#include "builder/syntax/unicode.hpp"

#include <algorithm>
#include <iterator>

#include "builder/syntax/unicode_tables.hpp"

namespace builder {
namespace {

using unicode_tables::Range;

template <std::size_t size>
bool contains(const Range (&ranges)[size], char32_t character) {
    const auto* range = std::upper_bound(std::begin(ranges), std::end(ranges), character,
                                         [](char32_t value, const Range& one) { return value < one.first; });
    return range != std::begin(ranges) && character <= std::prev(range)->last;
}

std::size_t sequence_length(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    if (first >= 0xf0 && first <= 0xf4) return 4;
    return 0;
}

bool is_allowed(char32_t value, std::size_t length) {
    if (length == 3) return value >= 0x800 && (value < 0xd800 || value > 0xdfff);
    if (length == 4) return value >= 0x10000 && value <= 0x10ffff;
    return true;
}

}  // namespace

DecodedCharacter decode_character(std::string_view text) {
    if (text.empty()) return {};
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = sequence_length(first);
    if (length == 1) return {first, 1, true};
    const DecodedCharacter invalid{0xfffd, 1, false};
    if (length == 0 || length > text.size()) return invalid;
    char32_t value = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80) return invalid;
        value = value << 6 | (next & 0x3fU);
    }
    return is_allowed(value, length) ? DecodedCharacter{value, length, true} : invalid;
}

std::vector<std::string_view> split_characters(std::string_view text) {
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        const std::size_t length = decode_character(text).length;
        characters.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return characters;
}

bool is_space(char32_t character) {
    if (character < 0x80) return character == ' ' || (character >= '\t' && character <= '\r');
    return character == 0x85 || character == 0xa0 || character == 0x1680 ||
           (character >= 0x2000 && character <= 0x200a) || character == 0x2028 || character == 0x2029 ||
           character == 0x202f || character == 0x205f || character == 0x3000;
}

bool is_letter(char32_t character) {
    if (character < 0x80) return (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
    return contains(unicode_tables::letters, character);
}

bool is_digit(char32_t character) {
    if (character < 0x80) return character >= '0' && character <= '9';
    return contains(unicode_tables::digits, character);
}

bool is_printable(char32_t character) {
    if (character < 0x80) return character >= ' ' && character <= '~';
    return contains(unicode_tables::printables, character);
}

std::string_view trim_start(std::string_view text) {
    while (!text.empty()) {
        const DecodedCharacter first = decode_character(text);
        if (!is_space(first.value)) break;
        text.remove_prefix(first.length);
    }
    return text;
}

std::string_view trim_end(std::string_view text) {
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && text.size() - start < 4 && (static_cast<unsigned char>(text[start]) & 0xc0U) == 0x80)
            --start;
        const DecodedCharacter last = decode_character(text.substr(start));
        if (start + last.length != text.size() || !is_space(last.value)) break;
        text = text.substr(0, start);
    }
    return text;
}

std::string_view trim(std::string_view text) {
    return trim_end(trim_start(text));
}

std::string to_lower(std::string_view text) {
    std::string result(text);
    for (char& byte : result)
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
    return result;
}

std::string to_upper(std::string_view text) {
    std::string result(text);
    for (char& byte : result)
        if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - ('a' - 'A'));
    return result;
}

void append_utf8(std::string& text, char32_t character) {
    const auto add = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (character < 0x80) {
        add(character);
    } else if (character < 0x800) {
        add(0xc0 | character >> 6);
        add(0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        add(0xe0 | character >> 12);
        add(0x80 | (character >> 6 & 0x3f));
        add(0x80 | (character & 0x3f));
    } else {
        add(0xf0 | character >> 18);
        add(0x80 | (character >> 12 & 0x3f));
        add(0x80 | (character >> 6 & 0x3f));
        add(0x80 | (character & 0x3f));
    }
}

}  // namespace builder
