// One line of comma-separated values. RFC 4180.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace builder {

/// A field that begins with a double quote ends with one, and may hold commas; two of them stand for one. Throws Error
/// where a quote is not closed.
std::vector<std::string> csv_fields(std::string_view text);

}  // namespace builder
