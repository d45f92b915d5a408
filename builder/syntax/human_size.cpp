#include "builder/syntax/human_size.hpp"

#include <fmt/format.h>

#include <array>

namespace builder {

std::string human_size(std::int64_t bytes) {
    static constexpr std::array units = {"B", "KB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.3g} {}", value, units[unit]);
}

}  // namespace builder
