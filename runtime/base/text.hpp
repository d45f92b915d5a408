// Texts that are lists: "a,b,c", "NAME=VALUE".
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace runtime {

/// The parts between the marks; an empty text is one empty part. They are views into the text.
std::vector<std::string_view> split(std::string_view text, char mark);

/// What stands before the first mark, and what stands behind it; nothing stands behind a mark that is missing.
std::pair<std::string_view, std::string_view> split_once(std::string_view text, char mark);

}  // namespace runtime
