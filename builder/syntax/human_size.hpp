// Sizes for people.
#pragma once

#include <cstdint>
#include <string>

namespace builder {

/// "12.3 MB", in steps of 1,000 as image tools count.
std::string human_size(std::int64_t bytes);

}  // namespace builder
