// Texts of others on their way to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

/// The text with everything that could steer a terminal shown as an escape (\x1b); tabs and line ends stay.
std::string harmless(std::string_view text);

}  // namespace runtime
