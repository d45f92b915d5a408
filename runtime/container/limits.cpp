#include "runtime/container/limits.hpp"

#include <sys/resource.h>

#include <array>
#include <charconv>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

struct ResourceName {
    std::string_view name;
    int number;
};
constexpr std::array resource_names = {
    ResourceName{"core", RLIMIT_CORE},         ResourceName{"cpu", RLIMIT_CPU},
    ResourceName{"data", RLIMIT_DATA},         ResourceName{"fsize", RLIMIT_FSIZE},
    ResourceName{"locks", RLIMIT_LOCKS},       ResourceName{"memlock", RLIMIT_MEMLOCK},
    ResourceName{"msgqueue", RLIMIT_MSGQUEUE}, ResourceName{"nice", RLIMIT_NICE},
    ResourceName{"nofile", RLIMIT_NOFILE},     ResourceName{"nproc", RLIMIT_NPROC},
    ResourceName{"rss", RLIMIT_RSS},           ResourceName{"rtprio", RLIMIT_RTPRIO},
    ResourceName{"rttime", RLIMIT_RTTIME},     ResourceName{"sigpending", RLIMIT_SIGPENDING},
    ResourceName{"stack", RLIMIT_STACK}};

int resource_number(std::string_view name) {
    for (const ResourceName& known : resource_names)
        if (known.name == name) return known.number;
    throw Error("{} is not a resource limit", quoted(name))
        .with_hint("the names are those of setrlimit(2): nofile, nproc, core …");
}

std::uint64_t limit_value(std::string_view text, std::string_view whole) {
    if (text == "-1" || text == "unlimited") return RLIM_INFINITY;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        throw Error("{} is not a resource limit: it is NAME=SOFT or NAME=SOFT:HARD", quoted(whole));
    return value;
}

}  // namespace

std::string resource_limit_name(int resource) {
    for (const ResourceName& known : resource_names)
        if (known.number == resource) return std::string(known.name);
    throw Error("{} is not a resource limit", resource);
}

ResourceLimit parse_resource_limit(std::string_view text, std::string& clamped) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        throw Error("{} is not a resource limit: it is NAME=SOFT or NAME=SOFT:HARD", quoted(text));
    ResourceLimit limit;
    limit.resource = resource_number(text.substr(0, equals));
    const std::string_view values = text.substr(equals + 1);
    const std::size_t colon = values.find(':');
    limit.soft = limit_value(values.substr(0, colon), text);
    limit.hard = colon == std::string_view::npos ? limit.soft : limit_value(values.substr(colon + 1), text);
    if (limit.soft > limit.hard) throw Error("{}: the soft limit is above the hard one", quoted(text));
    rlimit own{};
    ::getrlimit(static_cast<__rlimit_resource>(limit.resource), &own);
    const bool may_raise = (bounding_capabilities() & capability("sys_resource")) != 0;
    if (limit.hard > own.rlim_max && !may_raise) {
        clamped = fmt::format("--ulimit {}: the host's hard limit is {}, and builder may not raise it; that is used",
                              text, own.rlim_max);
        limit.hard = own.rlim_max;
        limit.soft = std::min(limit.soft, limit.hard);
    }
    return limit;
}

}  // namespace runtime
