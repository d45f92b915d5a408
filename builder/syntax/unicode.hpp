// Characters in UTF-8 text. Bytes that are no valid UTF-8 count as characters of their own and are kept as they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

struct DecodedCharacter {
    char32_t value = 0;      ///< 0xfffd where the bytes are no valid UTF-8
    std::size_t length = 0;  ///< bytes, 0 only for an empty text
    bool is_valid = true;
};

/// The first character of the text.
DecodedCharacter decode_character(std::string_view text);

/// The text cut into characters; joined they give the text again.
std::vector<std::string_view> split_characters(std::string_view text);

bool is_space(char32_t character);
bool is_letter(char32_t character);
bool is_digit(char32_t character);
bool is_printable(char32_t character);

/// The text without white space at its start, its end, or both.
std::string_view trim_start(std::string_view text);
std::string_view trim_end(std::string_view text);
std::string_view trim(std::string_view text);

/// ASCII letters only; everything else stays.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

void append_utf8(std::string& text, char32_t character);

}  // namespace builder
