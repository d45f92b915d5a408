// The exec form: a JSON array of strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace builder {

struct JsonWord {
    std::string text;
    std::string_view written;  ///< the part of the input, with its quotes
};

/// The strings of a JSON array; nothing when the text is no well-formed array. Bytes that are not valid UTF-8 are kept.
/// Throws Error for a well-formed array with an element that is no string.
std::optional<std::vector<JsonWord>> parse_json_words(std::string_view text);

}  // namespace builder
