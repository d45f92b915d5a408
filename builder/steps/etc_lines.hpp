// Lines for the files below /etc that builder writes for steps.
#pragma once

#include <string_view>

namespace builder {

/// Throws Error for a value that would end its line and begin one of its own, or has other control characters.
/// `what` is the flag that it comes from, or what it is.
void require_one_line(std::string_view value, std::string_view what);

}  // namespace builder
