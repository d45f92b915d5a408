#include "builder/cli/live_region.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "builder/cli/columns.hpp"

namespace builder {
namespace {

// ECMA-48, and "synchronized output", which terminals that do not know it ignore.
constexpr const char* erase_to_end_of_line = "\x1b[K";
constexpr const char* erase_below = "\x1b[J";
constexpr const char* begin_update = "\x1b[?2026h";
constexpr const char* end_update = "\x1b[?2026l";

std::size_t from_environment(const char* name, std::size_t otherwise) {
    const char* const text = std::getenv(name);
    if (text == nullptr) return otherwise;
    std::size_t value = 0;
    const std::string_view digits(text);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value > 0 ? value : otherwise;
}

}  // namespace

TerminalSize terminal_size(int descriptor) {
    winsize size{};
    TerminalSize result{from_environment("COLUMNS", 80), from_environment("LINES", 24)};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return result;
    if (size.ws_col > 0) result.columns = size.ws_col;
    if (size.ws_row > 0) result.rows = size.ws_row;
    return result;
}

/// A terminal that became narrower has broken the lines.
std::size_t LiveRegion::rows_on_screen(TerminalSize size) const {
    std::size_t rows = 0;
    for (const std::size_t columns : drawn_)
        rows += std::max<std::size_t>(1, (columns + size.columns - 1) / size.columns);
    return rows;
}

std::string LiveRegion::draw(const std::string& lasting, const std::vector<std::string>& lines, TerminalSize size) {
    std::string text = begin_update;
    const std::size_t rows = rows_on_screen(size);
    if (rows > 0) text += "\r";
    if (rows > 1) text += fmt::format("\x1b[{}A", rows - 1);
    // Lasting lines may be longer than a row: all below goes first.
    if (rows > 0 && !lasting.empty()) text += erase_below;
    for (const char byte : lasting) text += byte == '\n' ? std::string("\r\n") : std::string(1, byte);
    drawn_.clear();
    for (const std::string& line : lines) {
        text += (drawn_.empty() ? "" : "\r\n") + line + erase_to_end_of_line;
        drawn_.push_back(columns_of_styled(line));
    }
    if (rows > 0 && lasting.empty()) text += erase_below;
    return text + end_update;
}

}  // namespace builder
