// Parser directives: `# name=value` lines at the very top of a file.
#pragma once

#include <optional>
#include <string_view>

#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// The directive on a line that starts with the comment mark; nothing when the line is none. The name is in lower case;
/// only syntax, escape and check are directives. The location is left empty.
std::optional<Directive> parse_directive_line(std::string_view line, std::string_view comment_mark = "#");

/// The directive of that name at the top of a text, which may start with a byte-order mark and a `#!` line.
/// With `any_format` also `// name=value` lines are read, and a JSON object that has the name as a field.
std::optional<Directive> find_directive(std::string_view name, std::string_view text, bool any_format = false);

}  // namespace builder
