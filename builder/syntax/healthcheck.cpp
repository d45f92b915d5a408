#include "builder/syntax/healthcheck.hpp"

#include <charconv>
#include <chrono>

#include "builder/syntax/duration.hpp"
#include "builder/syntax/unicode.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;

std::chrono::nanoseconds interval_of(const InstructionRequest& request, std::string_view flag) {
    const std::string text = request.flags.text(flag);
    if (text.empty()) return {};
    try {
        const auto interval = parse_duration(text);
        if (interval != std::chrono::nanoseconds(0) && interval < std::chrono::milliseconds(1))
            throw Error("interval {} cannot be less than 1ms", quoted(text));
        return interval;
    } catch (Error& error) {
        error.add_context("--{}", flag).at(request.source.place(request.flag_location(flag)));
        throw;
    }
}

int retries_of(const InstructionRequest& request) {
    const std::string text = request.flags.text("retries");
    if (text.empty()) return 0;
    int retries = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), retries);
    if (failure != std::errc() || end != text.data() + text.size() || retries < 0)
        throw request.error_at(request.flag_location("retries"),
                               "--retries must be a number that is not negative, not " + quoted(text));
    return retries;
}

}  // namespace

InstructionBody parse_healthcheck(const InstructionRequest& request) {
    request.need_at_least_one();
    HealthcheckInstruction check;
    const RawWord& type = request.arguments().front();
    const std::string type_name = to_upper(type.text);
    check.is_none = type_name == "NONE";
    if (check.is_none) {
        if (request.arguments().size() > 1)
            throw request.error_at(request.arguments()[1].location, "HEALTHCHECK NONE takes no arguments");
        return check;
    }
    if (type_name != "CMD")
        throw request.error_at(type.location, "Unknown type " + quoted(type.text) + " in HEALTHCHECK (try CMD)")
            .with_hint("write HEALTHCHECK CMD command, or HEALTHCHECK NONE");
    check.test = command_of(request, 1);
    if (check.test.words.empty()) throw request.error_at(type.location, "Missing command after HEALTHCHECK CMD");
    check.interval = interval_of(request, "interval");
    check.timeout = interval_of(request, "timeout");
    check.start_period = interval_of(request, "start-period");
    check.start_interval = interval_of(request, "start-interval");
    check.retries = retries_of(request);
    return check;
}

}  // namespace builder
