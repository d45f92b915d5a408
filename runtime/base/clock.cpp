#include "runtime/base/clock.hpp"

#include <fmt/format.h>

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

std::string rfc3339_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return rfc3339(now);
}

}  // namespace runtime
