#include "runtime/base/log.hpp"

#include <unistd.h>

#include <array>
#include <chrono>

#include "runtime/base/log_line.hpp"

namespace runtime {
namespace {

constexpr std::array<std::string_view, 7> level_names = {"trace", "debug", "info", "warn", "error", "fatal", "panic"};

const auto program_start = std::chrono::steady_clock::now();

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
    if (text == "warning") text = "warn";
    for (std::size_t i = 0; i < level_names.size(); ++i)
        if (text == level_names[i]) return static_cast<LogLevel>(i);
    return std::nullopt;
}

void write_log(LogLevel level, std::string_view text) {
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - program_start;
    const std::string_view name = level == LogLevel::warn ? "warning" : level_names[static_cast<std::size_t>(level)];
    const std::string line = log_line(name, text, fmt::format("after={:.4f}", since.count()));
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace runtime
