// Filters of images by name.
#pragma once

#include <string_view>

#include "registry/reference.hpp"

namespace builder {

/// True when the pattern (see Glob) matches the familiar form of the reference, with or without its tag.
bool reference_matches(const registry::Reference& reference, std::string_view pattern);

}  // namespace builder
