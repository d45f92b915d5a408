// Output that is only shown: a failure to write it is ignored.
#pragma once

#include <string_view>

namespace builder {

/// Writes all of the text, waiting where the descriptor takes no more for now (it may be non-blocking). Nobody reads an
/// output that is closed: then the rest is left out.
void show_text(int descriptor, std::string_view text) noexcept;

}  // namespace builder
