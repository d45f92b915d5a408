// Nearest names, for "did you mean" hints.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace builder {

/// How many characters have to be changed, added, left out or swapped with their neighbour to turn one word into the
/// other.
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The name nearest to the word, at most two edits away; empty when none is near, or when the word is itself a name.
/// The case of letters does not count.
std::string nearest_name(std::string_view word, std::span<const std::string_view> names);

/// "did you mean NAME?", or an empty text.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names);

}  // namespace builder
