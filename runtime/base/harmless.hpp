// Texts of others on their way to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

/// The text with everything that could steer a terminal shown as an escape (\x1b); tabs and line ends stay.
std::string harmless(std::string_view text);

/// JSON that means the same, with everything that could steer a terminal as \uXXXX: JSON itself allows most of that as
/// it is.
std::string harmless_json(std::string_view json);

}  // namespace runtime
