// Times as documents write them. RFC 3339.
#pragma once

#include <ctime>
#include <optional>
#include <string>

namespace runtime {

/// The time of day.
timespec wall_clock();

/// "2026-11-21T20:00:00.123456789Z"; without a fraction where there is none.
std::string rfc3339(const timespec& time);
std::string rfc3339_now();
/// Nothing where the text is no such time.
std::optional<timespec> parse_rfc3339(const std::string& text);

}  // namespace runtime
