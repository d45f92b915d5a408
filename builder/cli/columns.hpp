// The width of text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace builder {

/// How many columns a text takes: marks that stand on others take none, the wide characters of East Asia and pictures
/// take two.
std::size_t columns_of(std::string_view text);

/// The length of a colour or style at the beginning of the text: ESC [ digits m (ECMA-48, SGR). It takes no column. 0
/// where there is none.
std::size_t style_length(std::string_view text);

/// Of a text with styles in it.
std::size_t columns_of_styled(std::string_view text);

/// The text where it fits, else as many whole characters as fit together with an ellipsis behind them.
std::string fitted(std::string_view text, std::size_t columns);
/// The same for a text with styles in it, which all stay.
std::string fitted_styled(std::string_view text, std::size_t columns);

}  // namespace builder
