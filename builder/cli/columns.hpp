// The width of text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace builder {

/// How many columns a text takes: marks that stand on others take none, the wide characters of East Asia and pictures
/// take two.
std::size_t columns_of(std::string_view text);

/// The text where it fits, else as many whole characters as fit together with an ellipsis behind them.
std::string fitted(std::string_view text, std::size_t columns);

}  // namespace builder
