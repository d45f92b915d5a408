// Flags of `build` for machines that many builds share: how long, how large, which authorities.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/engine/run/build_request.hpp"

namespace builder {

struct BuildLimitFlags {
    std::string timeout;       ///< of the whole build
    std::string step_timeout;  ///< of each RUN
    std::string budget;
    std::string ca_certificates;  ///< a file
};

std::vector<Flag> build_limit_flags(BuildLimitFlags& flags);

/// Puts what was given into the request. Throws Error for a bad value.
void apply_build_limits(const BuildLimitFlags& flags, BuildImageRequest& request);

/// Nothing where none was given. Throws Error for what is no time, or none that passes; `flag` names it.
std::optional<std::chrono::nanoseconds> parse_timeout(const std::string& text, const char* flag);

}  // namespace builder
