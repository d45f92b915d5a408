#include "builder/engine/run/build_times.hpp"

#include <charconv>

#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

std::optional<std::int64_t> parse_epoch(const std::string& text) {
    if (text.empty()) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0)
        throw Error("error parsing source-date-epoch offset \"{0}\": strconv.ParseInt: parsing \"{0}\": invalid syntax",
                    text)
            .with_hint("SOURCE_DATE_EPOCH is a number of seconds since 1970");
    return value;
}

/// The flag, the build argument (which the environment gives, too), the default of an ARG before the first FROM.
std::optional<std::int64_t> find_epoch(const BuildImageRequest& request, const BuildPlan& plan) {
    if (request.source_date_epoch) return request.source_date_epoch;
    const auto given = request.steps.build_arguments.find(epoch_argument);
    if (given != request.steps.build_arguments.end()) return parse_epoch(given->second);
    return parse_epoch(plan.global_arguments.get(epoch_argument).value_or(""));
}

}  // namespace

void resolve_epoch(std::map<std::string, std::string>& arguments, const ContextFiles& context) {
    const auto found = arguments.find(epoch_argument);
    if (found == arguments.end() || found->second != "context") return;
    if (const auto time = context.time())
        found->second = std::to_string(*time);
    else
        arguments.erase(found);
}

void resolve_epoch(Variables& arguments, const ContextFiles& context) {
    if (arguments.get(epoch_argument) != "context") return;
    const auto time = context.time();
    arguments.set(epoch_argument, time ? std::to_string(*time) : "");
}

BuildTimes make_times(const BuildImageRequest& request, const BuildPlan& plan) {
    if (request.timestamp) return {{request.timestamp, true}, {request.timestamp, true}};
    const auto epoch = find_epoch(request, plan);
    if (!epoch) return {};
    return {request.rewrite_timestamp ? layers::TimeRule{epoch, false} : layers::TimeRule{}, {epoch, false}};
}

}  // namespace builder
