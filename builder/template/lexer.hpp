// A template's text as pieces: what is printed as it is, and the words of actions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace builder {

struct TemplateToken {
    enum class Kind { text, open, close, field, variable, word, number, string, character, symbol, blank, end };
    Kind kind = Kind::end;
    std::string text;          ///< of strings and characters: without quotes and escapes; of fields: without the dot
    std::size_t position = 0;  ///< in bytes
};

/// Trim marks are applied and comments left out. Throws Error with the place for what no template has.
std::vector<TemplateToken> split_template(std::string_view text);

[[noreturn]] void throw_bad_template(std::string_view text, std::size_t position, const std::string& what);

}  // namespace builder
