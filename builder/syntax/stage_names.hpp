// The names of stages.
#pragma once

#include <string_view>

namespace builder {

/// Whether a text, in lower case, can name a stage: BuildKit's rule, and slashes.
bool is_stage_name(std::string_view name);

}  // namespace builder
