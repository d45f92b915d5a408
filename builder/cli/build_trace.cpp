#include "builder/cli/build_trace.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "layers/digest.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

constexpr int process = 1;

std::string text_of(const ordered_json& document) {
    return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// A build that did not end lasts as long as its last step.
std::int64_t length_of(const BuildRecord& record) {
    std::int64_t length = record.took_us;
    for (const RecordedStep& step : record.steps) length = std::max(length, step.started_us + step.took_us);
    return length;
}

ordered_json metadata(const char* name, std::size_t thread, const std::string& value) {
    return {{"name", name}, {"ph", "M"}, {"pid", process}, {"tid", thread}, {"args", {{"name", value}}}};
}

/// What is known of a step besides its times, as names and texts.
std::map<std::string, std::string> facts_of(const RecordedStep& step) {
    std::map<std::string, std::string> facts = {{"stage", step.label.stage_name},
                                                {"step", fmt::format("{}/{}", step.label.number, step.label.total)},
                                                {"outcome", step.outcome.empty() ? "running" : step.outcome}};
    if (!step.reason.text.empty()) facts["reason"] = step.reason.text;
    if (step.layer_bytes) facts["layer_bytes"] = fmt::format("{}", *step.layer_bytes);
    if (!step.use) return facts;
    const auto& use = step.use->resources;
    facts["cpu_us"] = fmt::format("{}", use.user_microseconds + use.system_microseconds);
    if (use.peak_memory_bytes > 0) facts["peak_memory_bytes"] = fmt::format("{}", use.peak_memory_bytes);
    return facts;
}

/// The steps of a stage come one after the other, so that each stage is a thread; the build is one of its own.
std::string chrome_trace(const BuildRecord& record) {
    ordered_json events = ordered_json::array();
    events.push_back(metadata("process_name", 0, fmt::format("builder: {}", record.subject.file)));
    events.push_back(metadata("thread_name", 0, "build"));
    events.push_back({{"name", "build " + record.id},
                      {"cat", "build"},
                      {"ph", "X"},
                      {"ts", record.started_us},
                      {"dur", length_of(record)},
                      {"pid", process},
                      {"tid", 0}});
    std::map<std::size_t, std::string> stages;
    for (const RecordedStep& step : record.steps) {
        const std::size_t thread = step.label.stage + 1;
        if (stages.emplace(thread, step.label.stage_name).second)
            events.push_back(metadata("thread_name", thread, "stage " + step.label.stage_name));
        events.push_back({{"name", step.label.text},
                          {"cat", step.outcome.empty() ? "running" : step.outcome},
                          {"ph", "X"},
                          {"ts", record.started_us + step.started_us},
                          {"dur", step.took_us},
                          {"pid", process},
                          {"tid", thread},
                          {"args", facts_of(step)}});
    }
    return text_of({{"traceEvents", events}, {"displayTimeUnit", "ms"}, {"otherData", {{"build", record.id}}}});
}

/// Trace and parent of a W3C traceparent: 00-TRACE-PARENT-FLAGS.
struct TraceParent {
    std::string trace;
    std::string parent;
};

bool is_id(std::string_view text, std::size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
           text.find_first_not_of('0') != std::string_view::npos;
}

std::optional<TraceParent> given_parent() {
    const char* const text = std::getenv("TRACEPARENT");
    if (text == nullptr) return std::nullopt;
    constexpr std::size_t trace_digits = 32, span_digits = 16, fewest_parts = 4;
    const std::vector<std::string_view> parts = runtime::split(text, '-');
    if (parts.size() < fewest_parts || !is_id(parts[1], trace_digits) || !is_id(parts[2], span_digits))
        return std::nullopt;
    return TraceParent{std::string(parts[1]), std::string(parts[2])};
}

/// The same record gives the same IDs.
std::string span_id(const BuildRecord& record, const std::string& name) {
    constexpr std::size_t digits = 16;
    return std::string(layers::Digest::of(record.id + " " + name).hex().substr(0, digits));
}

ordered_json attributes_of(const std::map<std::string, std::string>& facts) {
    ordered_json list = ordered_json::array();
    for (const auto& [name, value] : facts)
        list.push_back({{"key", "builder." + name}, {"value", {{"stringValue", value}}}});
    return list;
}

struct Span {
    std::string id;
    std::string parent;
    std::string name;
    std::int64_t started_us = 0;
    std::int64_t took_us = 0;
    std::map<std::string, std::string> facts;
    std::string error;
    bool has_failed = false;
};

ordered_json json_of(const Span& span, const std::string& trace) {
    const auto nanoseconds = [](std::int64_t us) { return fmt::format("{}000", us); };
    constexpr int internal = 1, ok = 1, error = 2;
    ordered_json status = {{"code", span.has_failed ? error : ok}};
    if (!span.error.empty()) status["message"] = span.error;
    return {{"traceId", trace},
            {"spanId", span.id},
            {"parentSpanId", span.parent},
            {"name", span.name},
            {"kind", internal},
            {"startTimeUnixNano", nanoseconds(span.started_us)},
            {"endTimeUnixNano", nanoseconds(span.started_us + span.took_us)},
            {"attributes", attributes_of(span.facts)},
            {"status", std::move(status)}};
}

std::string otlp_trace(const BuildRecord& record) {
    constexpr std::size_t trace_digits = 32;
    const TraceParent parent = given_parent().value_or(
        TraceParent{std::string(layers::Digest::of("trace " + record.id).hex().substr(0, trace_digits)), ""});
    const std::string root = span_id(record, "build");
    ordered_json spans = ordered_json::array();
    spans.push_back(json_of({root,
                             parent.parent,
                             "build " + record.subject.file,
                             record.started_us,
                             length_of(record),
                             {{"build", record.id}, {"image", record.image}, {"platform", record.subject.platform}},
                             record.error,
                             record.state == BuildRecord::State::failed},
                            parent.trace));
    for (const RecordedStep& step : record.steps)
        spans.push_back(
            json_of({span_id(record, fmt::format("{}/{}", step.label.stage, step.label.number)), root, step.label.text,
                     record.started_us + step.started_us, step.took_us, facts_of(step), "", step.outcome == "failed"},
                    parent.trace));
    const ordered_json service = {{"key", "service.name"}, {"value", {{"stringValue", "builder"}}}};
    const ordered_json scope = {{"scope", {{"name", "builder"}, {"version", record.version}}}, {"spans", spans}};
    return text_of({{"resourceSpans",
                     {{{"resource", {{"attributes", ordered_json::array({service})}}},
                       {"scopeSpans", ordered_json::array({scope})}}}}});
}

}  // namespace

TraceFormat parse_trace_format(const std::string& text) {
    if (text == "chrome") return TraceFormat::chrome;
    if (text == "otlp") return TraceFormat::otlp;
    throw runtime::Error("a trace has the format chrome or otlp, not {}", runtime::quoted(text));
}

std::string trace_of(const BuildRecord& record, TraceFormat format) {
    return format == TraceFormat::chrome ? chrome_trace(record) : otlp_trace(record);
}

}  // namespace builder
