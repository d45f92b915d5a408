// Questions about the language, one JSON document a line: what `builder debug … --json-lines` answers.
#pragma once

#include <string>
#include <string_view>

namespace builder {

/// {"input", "escape", "env": {name: value}} → the same input with "word" or "word_error", "words" or "words_error".
/// Without "escape" it is a backslash, without "env" nothing is set; a value of null unsets.
std::string answer_expand_query(std::string_view line);

/// {"patterns": […], "path"} → the same with "excluded", or with "error" for a bad pattern.
std::string answer_ignore_query(std::string_view line);

/// {"input"} → the same with "valid", and where it is true "canonical", "familiar", "domain", "path" and "pull".
std::string answer_reference_query(std::string_view line);

/// {"dockerfile"} → "dump", the tree as print_sexpr gives it, or "error" with "line" where it has one.
std::string answer_parse_query(std::string_view line);

}  // namespace builder
