#include "builder/cli/use_text.hpp"

#include <fmt/format.h>

#include <array>

namespace builder {

std::string metric_size(std::int64_t bytes) {
    constexpr std::array units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    std::size_t unit = 0;
    auto value = static_cast<double>(bytes);
    for (; value >= 1000.0 && unit + 1 < units.size(); ++unit) value /= 1000.0;
    return fmt::format("{:.4g}{}", value, units[unit]);
}

std::string go_duration(std::int64_t microseconds) {
    const std::int64_t all = (microseconds + 500) / 1000;
    if (all == 0) return "0s";
    if (all < 1000) return fmt::format("{}ms", all);
    std::string seconds = fmt::format("{}.{:03}", all / 1000 % 60, all % 1000);
    seconds.erase(seconds.find_last_not_of('0') + 1);
    if (seconds.ends_with(".")) seconds.pop_back();
    const std::int64_t minutes = all / 60'000;
    if (minutes == 0) return seconds + "s";
    if (minutes < 60) return fmt::format("{}m{}s", minutes, seconds);
    return fmt::format("{}h{}m{}s", minutes / 60, minutes % 60, seconds);
}

std::string describe_use(const StepUse& use) {
    constexpr std::int64_t block_bytes = 512;
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(use.elapsed).count();
    return fmt::format("{}(system) {}(user) {}(elapsed) {} input {} output",
                       go_duration(use.resources.system_microseconds), go_duration(use.resources.user_microseconds),
                       go_duration(elapsed), metric_size(use.resources.blocks_read * block_bytes),
                       metric_size(use.resources.blocks_written * block_bytes));
}

}  // namespace builder
