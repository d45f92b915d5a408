// Tables and small values as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "builder/syntax/human_size.hpp"

namespace builder {

/// Rows in columns; the first row is the heading. Each line ends with a newline and has no blanks at its end.
/// `gap` blanks keep the columns apart.
std::string format_table(const std::vector<std::vector<std::string>>& rows, std::size_t gap = 3);

/// A text of others as a cell: on one line, and with nothing that could steer a terminal.
std::string one_line(std::string_view text);

/// "3 minutes ago", from an RFC 3339 text. The text itself where it cannot be read.
std::string human_age(const std::string& rfc3339);

}  // namespace builder
