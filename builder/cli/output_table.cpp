#include "builder/cli/output_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "builder/cli/columns.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {

std::string format_table(const std::vector<std::vector<std::string>>& rows, std::size_t gap) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], columns_of(row[column]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column)
            line += row[column] + std::string(widths[column] + gap - columns_of(row[column]), ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const char byte : runtime::harmless(text)) {
        if (byte == '\n')
            line += "\\n";
        else if (byte == '\t')
            line += "\\t";
        else
            line += byte;
    }
    return line;
}

std::string human_age(const std::string& rfc3339) {
    std::tm parts{};
    if (::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return rfc3339;
    const std::int64_t seconds = std::max<std::int64_t>(0, ::time(nullptr) - ::timegm(&parts));
    struct Step {
        std::int64_t seconds;
        const char* name;
    };
    static constexpr std::array steps = {Step{31'536'000, "year"}, Step{2'592'000, "month"}, Step{604'800, "week"},
                                         Step{86'400, "day"},      Step{3'600, "hour"},      Step{60, "minute"},
                                         Step{1, "second"}};
    for (const Step& step : steps)
        if (const std::int64_t count = seconds / step.seconds; count > 0)
            return fmt::format("{} {}{} ago", count, step.name, count == 1 ? "" : "s");
    return "just now";
}

}  // namespace builder
