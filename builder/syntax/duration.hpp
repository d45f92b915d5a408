// Durations as people write them: 300ms, 1.5h, 2h45m.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace builder {

/// A sequence of decimal numbers with units (ns, us, µs, ms, s, m, h), with an optional sign; "0" needs no unit.
/// Throws Error for anything else and for what does not fit.
std::chrono::nanoseconds parse_duration(std::string_view text);

/// "1h2m3s", "1m30s", "1.5s", "300ms".
std::string duration_text(std::chrono::nanoseconds duration);

}  // namespace builder
