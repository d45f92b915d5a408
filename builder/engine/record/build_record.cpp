#include "builder/engine/record/build_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "layers/digest.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using runtime::Error;

constexpr int format_version = 1;
constexpr std::int64_t block_bytes = 512;
constexpr std::int64_t microseconds_of_second = 1'000'000;

std::string line_of(const ordered_json& event) {
    return event.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// Numbers that nobody measured are null.
ordered_json json_of(const StepUse& use) {
    const auto& resources = use.resources;
    ordered_json peak = resources.peak_memory_bytes > 0 ? ordered_json(resources.peak_memory_bytes) : ordered_json();
    return {{"user_us", resources.user_microseconds},
            {"system_us", resources.system_microseconds},
            {"peak_memory_bytes", std::move(peak)},
            {"read_bytes", resources.blocks_read * block_bytes},
            {"written_bytes", resources.blocks_written * block_bytes}};
}

StepUse use_of(const json& document) {
    StepUse use;
    use.resources.user_microseconds = document.at("user_us").get<std::int64_t>();
    use.resources.system_microseconds = document.at("system_us").get<std::int64_t>();
    if (!document.at("peak_memory_bytes").is_null())
        use.resources.peak_memory_bytes = document.at("peak_memory_bytes").get<std::int64_t>();
    use.resources.blocks_read = document.at("read_bytes").get<std::int64_t>() / block_bytes;
    use.resources.blocks_written = document.at("written_bytes").get<std::int64_t>() / block_bytes;
    return use;
}

/// Puts the events of one record together.
class RecordReader {
public:
    explicit RecordReader(bool is_running) {
        record_.state = is_running ? BuildRecord::State::running : BuildRecord::State::interrupted;
    }
    void add(const json& event);
    BuildRecord finish() {
        if (record_.id.empty()) throw Error("it has no beginning");
        return std::move(record_);
    }

private:
    void begin(const json& event);
    void start(const json& event);
    void end_step(const json& event);
    void end(const json& event);
    RecordedStep& step_of(const json& event);
    BuildRecord record_;
};

void RecordReader::add(const json& event) {
    const std::string kind = event.at("event");
    if (kind == "build") return begin(event);
    if (record_.id.empty()) throw Error("it has no beginning");
    if (kind == "step_started") return start(event);
    if (kind == "step_ended") return end_step(event);
    if (kind == "layer") {
        RecordedStep& step = step_of(event);
        step.diff_id = event.at("diff_id");
        step.layer_bytes = event.at("bytes").get<std::int64_t>();
    }
    if (kind == "end") end(event);
}

void RecordReader::begin(const json& event) {
    const int version = event.at("format");
    if (version != format_version)
        throw Error("it has format {}, and this version of builder reads format {}", version, format_version);
    record_.id = event.at("id");
    record_.version = event.at("builder");
    record_.started_us = event.at("started_us");
    record_.subject = {event.at("file"), event.at("context"), event.at("target"), event.at("platform")};
}

void RecordReader::start(const json& event) {
    RecordedStep step;
    step.label = {event.at("stage"), event.at("stage_name"), event.at("step"),
                  event.at("steps"), event.at("text"),       event.at("line")};
    step.started_us = event.at("at_us");
    record_.steps.push_back(std::move(step));
}

RecordedStep& RecordReader::step_of(const json& event) {
    const std::size_t stage = event.at("stage"), number = event.at("step");
    const auto found = std::find_if(record_.steps.rbegin(), record_.steps.rend(), [&](const RecordedStep& step) {
        return step.label.stage == stage && step.label.number == number;
    });
    if (found == record_.steps.rend()) throw Error("step {} of stage {} ends before it begins", number, stage);
    return *found;
}

void RecordReader::end_step(const json& event) {
    RecordedStep& step = step_of(event);
    step.outcome = event.at("outcome");
    step.took_us = event.at("took_us");
    if (const auto reason = event.find("reason"); reason != event.end())
        step.reason = {reason->at("text"), reason->at("before"), reason->at("now")};
    step.key = event.value("key", "");
    if (const auto inputs = event.find("inputs"); inputs != event.end())
        for (const json& input : *inputs) step.inputs.push_back({input.at(0), input.at(1)});
    if (const auto use = event.find("use"); use != event.end()) step.use = use_of(*use);
    step.base_name = event.value("base_name", "");
    step.base_id = event.value("base_id", "");
}

void RecordReader::end(const json& event) {
    record_.took_us = event.at("took_us");
    record_.image = event.at("image");
    record_.names = event.at("names").get<std::vector<std::string>>();
    record_.error = event.at("error");
    record_.state = record_.error.empty() ? BuildRecord::State::done : BuildRecord::State::failed;
}

}  // namespace

std::string subject_digits(const BuildSubject& subject) {
    constexpr std::size_t digits = 16;
    const std::string text = fmt::format("{}\n{}\n{}", subject.file, subject.context, subject.platform);
    return std::string(layers::Digest::of(text).hex().substr(0, digits));
}

std::string started_text(std::int64_t started_us) {
    return runtime::rfc3339({started_us / microseconds_of_second, started_us % microseconds_of_second * 1000});
}

std::string record_line_of_build(const layers::BuildFile& file, const BuildSubject& subject,
                                 const std::string& version) {
    return line_of({{"event", "build"},
                    {"format", format_version},
                    {"id", file.id},
                    {"builder", version},
                    {"started", started_text(file.started_us)},
                    {"started_us", file.started_us},
                    {"file", subject.file},
                    {"context", subject.context},
                    {"target", subject.target},
                    {"platform", subject.platform}});
}

std::string record_line_of_start(const RecordedStep& step) {
    return line_of({{"event", "step_started"},
                    {"stage", step.label.stage},
                    {"stage_name", step.label.stage_name},
                    {"step", step.label.number},
                    {"steps", step.label.total},
                    {"line", step.label.line},
                    {"text", step.label.text},
                    {"at_us", step.started_us}});
}

std::string record_line_of_end(const RecordedStep& step) {
    ordered_json event = {{"event", "step_ended"},
                          {"stage", step.label.stage},
                          {"step", step.label.number},
                          {"outcome", step.outcome},
                          {"took_us", step.took_us}};
    if (!step.reason.text.empty())
        event["reason"] = {{"text", step.reason.text}, {"before", step.reason.before}, {"now", step.reason.now}};
    if (!step.key.empty()) event["key"] = step.key;
    if (!step.inputs.empty()) {
        ordered_json inputs = ordered_json::array();
        for (const layers::KeyInput& input : step.inputs) inputs.push_back({input.name, input.value});
        event["inputs"] = std::move(inputs);
    }
    if (step.use) event["use"] = json_of(*step.use);
    if (!step.base_name.empty()) event["base_name"] = step.base_name;
    if (!step.base_id.empty()) event["base_id"] = step.base_id;
    return line_of(event);
}

std::string record_line_of_layer(const StepLabel& step, const std::string& diff_id, std::int64_t bytes) {
    return line_of(
        {{"event", "layer"}, {"stage", step.stage}, {"step", step.number}, {"diff_id", diff_id}, {"bytes", bytes}});
}

std::string record_line_of_outcome(const BuildOutcome& outcome, std::int64_t took_us) {
    return line_of({{"event", "end"},
                    {"took_us", took_us},
                    {"image", outcome.image},
                    {"names", outcome.names},
                    {"error", outcome.error}});
}

BuildRecord parse_record(const std::string& events, bool is_running) {
    RecordReader reader(is_running);
    std::size_t begin = 0;
    std::size_t number = 0;
    try {
        for (std::size_t end = events.find('\n'); end != std::string::npos; end = events.find('\n', begin)) {
            ++number;
            reader.add(json::parse(events.begin() + static_cast<std::ptrdiff_t>(begin),
                                   events.begin() + static_cast<std::ptrdiff_t>(end)));
            begin = end + 1;
        }
        return reader.finish();
    } catch (const json::exception&) {
        throw Error("line {} is damaged", number);
    }
}

std::optional<BuildRecord> read_record(const layers::BuildFiles& builds, const layers::BuildFile& file) {
    // In this order: one that ends meanwhile is whole.
    const bool is_running = builds.is_running(file);
    const auto events = builds.read_events(file);
    if (!events) return std::nullopt;
    try {
        return parse_record(*events, is_running);
    } catch (Error& error) {
        error.add_context("cannot read the record of build {}", file.id);
        error.with_hint(fmt::format("builder builds rm {} removes it", file.id));
        throw;
    }
}

}  // namespace builder
