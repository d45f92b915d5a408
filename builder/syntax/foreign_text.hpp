// What is given as a Containerfile and is none.
#pragma once

#include <string>
#include <string_view>

namespace builder {

/// Throws Error where the text is in UTF-16, an HTML page, or has NUL bytes, which no command could be given. `name` is
/// that of the file.
void refuse_foreign_text(std::string_view text, const std::string& name);

}  // namespace builder
