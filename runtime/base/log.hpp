// What the program tells of its doings on standard error, for whoever asks with --log-level. Off, a call costs one
// comparison: its arguments are not formatted.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runtime {

enum class LogLevel { trace, debug, info, warn, error, fatal, panic };

namespace detail {
inline std::atomic<LogLevel> log_level{LogLevel::warn};
}

inline void set_log_level(LogLevel level) noexcept {
    detail::log_level.store(level, std::memory_order_relaxed);
}
/// Whether lines of this level are written.
inline bool logs(LogLevel level) noexcept {
    return level >= detail::log_level.load(std::memory_order_relaxed);
}
/// Nothing for a word that is no level.
std::optional<LogLevel> parse_log_level(std::string_view text);

/// Writes a log_line() in one piece; its field "after" is the time since the program began, in seconds.
void write_log(LogLevel level, std::string_view text);

template <typename... Arguments>
void log_trace(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (logs(LogLevel::trace)) write_log(LogLevel::trace, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <typename... Arguments>
void log_debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (logs(LogLevel::debug)) write_log(LogLevel::debug, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <typename... Arguments>
void log_info(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (logs(LogLevel::info)) write_log(LogLevel::info, fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace runtime
