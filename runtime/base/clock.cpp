#include "runtime/base/clock.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace runtime {

std::string rfc3339(const timespec& time) {
    std::tm parts{};
    ::gmtime_r(&time.tv_sec, &parts);
    std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                                   parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    if (time.tv_nsec != 0) {
        text += fmt::format(".{:09}", time.tv_nsec);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text + "Z";
}

std::optional<timespec> parse_rfc3339(const std::string& text) {
    std::tm parts{};
    const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return std::nullopt;
    timespec time{::timegm(&parts), 0};
    if (*rest == '.') {
        long unit = 100'000'000;
        for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) time.tv_nsec += unit * (*rest - '0');
    }
    if ((*rest == 'Z' || *rest == 'z') && rest[1] == '\0') return time;
    int hours = 0, minutes = 0, length = 0;
    const bool is_offset = *rest == '+' || *rest == '-';
    if (!is_offset || std::sscanf(rest + 1, "%2d:%2d%n", &hours, &minutes, &length) != 2 || rest[1 + length] != '\0')
        return std::nullopt;
    time.tv_sec -= (*rest == '+' ? 1 : -1) * (hours * 3600L + minutes * 60L);
    return time;
}

timespec wall_clock() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now;
}

std::string rfc3339_now() {
    return rfc3339(wall_clock());
}

}  // namespace runtime
