// Letters of ASCII in another case, whatever the locale is. Names of stages, which may hold any letter:
// builder/syntax/unicode.hpp.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

constexpr char in_lower_case(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

constexpr char in_upper_case(char letter) noexcept {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

inline std::string in_lower_case(std::string_view text) {
    std::string result(text);
    for (char& letter : result) letter = in_lower_case(letter);
    return result;
}

inline std::string in_upper_case(std::string_view text) {
    std::string result(text);
    for (char& letter : result) letter = in_upper_case(letter);
    return result;
}

}  // namespace runtime
