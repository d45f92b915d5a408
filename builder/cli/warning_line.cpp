#include "builder/cli/warning_line.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

#include "runtime/base/harmless.hpp"

namespace builder {

std::string warning_line(std::string_view text) {
    std::string escaped;
    for (const char one : runtime::harmless(text)) {
        if (one == '\n') {
            escaped += "\\n";
            continue;
        }
        if (one == '"' || one == '\\') escaped += '\\';
        escaped += one;
    }
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> shown{};
    std::strftime(shown.data(), shown.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return fmt::format("time=\"{}\" level=warning msg=\"{}\"\n", shown.data(), escaped);
}

}  // namespace builder
