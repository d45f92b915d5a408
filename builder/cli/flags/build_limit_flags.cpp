#include "builder/cli/flags/build_limit_flags.hpp"

#include <algorithm>

#include "builder/steps/ca_certificates.hpp"
#include "builder/syntax/duration.hpp"
#include "runtime/base/error.hpp"

namespace builder {

std::vector<Flag> build_limit_flags(BuildLimitFlags& flags) {
    return {
        flag("timeout", 0, "DURATION", "end the build after this time: 90s, 1h30m; the exit code is 124",
             flags.timeout),
        flag("step-timeout", 0, "DURATION", "end a RUN that takes longer than this; the exit code is 124",
             flags.step_timeout),
        flag("budget", 0, "image=SIZE",
             "fail if the image is larger than this, or with image=+SIZE, grows by more than this", flags.budget),
        flag("ca-certificates", 0, "FILE",
             "certificates of authorities that RUN trusts too, and the image does not get", flags.ca_certificates),
    };
}

std::optional<std::chrono::nanoseconds> parse_timeout(const std::string& text, const char* flag) {
    if (text.empty()) return std::nullopt;
    try {
        const std::chrono::nanoseconds timeout = parse_duration(text);
        if (timeout.count() <= 0) throw runtime::Error("it is no time that passes");
        constexpr std::chrono::nanoseconds longest = std::chrono::hours(24 * 3650);
        return std::min(timeout, longest);
    } catch (runtime::Error& error) {
        error.add_context("--{} {}", flag, runtime::quoted(text));
        throw;
    }
}

void apply_build_limits(const BuildLimitFlags& flags, BuildImageRequest& request) {
    static_cast<void>(parse_timeout(flags.timeout, "timeout"));
    request.steps.run.timeout = parse_timeout(flags.step_timeout, "step-timeout");
    if (!flags.budget.empty()) request.budget = parse_size_budget(flags.budget);
    if (!flags.ca_certificates.empty()) request.steps.ca_certificates = read_ca_certificates(flags.ca_certificates);
}

}  // namespace builder
