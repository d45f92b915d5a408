// A command line taken apart as a shell would, without variables, wildcards or substitutions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// Blanks separate words; quotes and backslashes keep them together. Throws Error for a quote that is not closed.
std::vector<std::string> split_shell_words(std::string_view text);

/// A JSON array of texts, or else the words of a command line.
std::vector<std::string> parse_words_or_json(std::string_view text);

}  // namespace builder
