#include "runtime/base/log_line.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

#include "runtime/base/harmless.hpp"

namespace runtime {

std::string log_line(std::string_view level, std::string_view text, std::string_view more) {
    std::string escaped;
    for (const char one : harmless(text)) {
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
    return fmt::format("time=\"{}\" level={} msg=\"{}\"{}{}\n", shown.data(), level, escaped, more.empty() ? "" : " ",
                       more);
}

}  // namespace runtime
