// A flag that takes a time as seconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "builder/cli/command.hpp"

namespace builder {

/// `complaint` begins the sentence for a value that is no number: `parsing timestamp value`.
Flag seconds_flag(std::string name, std::string description, std::string complaint,
                  std::optional<std::int64_t>& target);

}  // namespace builder
