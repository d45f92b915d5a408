#include "builder/cli/raw_json_progress.hpp"

#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include "builder/cli/json_line.hpp"
#include "builder/cli/shown_text.hpp"
#include "layers/digest.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/clock.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

std::string now() {
    return runtime::rfc3339(runtime::wall_clock());
}

/// {NAME: [OBJECT]}
std::string document(const char* name, const ordered_json& object) {
    ordered_json value;
    value[name] = ordered_json::array();
    value[name].push_back(object);
    return json_line(value);
}

/// What is pulled and pushed is not told: there is no vertex that it would belong to.
class SilentTransfers final : public registry::TransferObserver {
public:
    void blob_begins(const std::string&, std::uint64_t) override {}
    void blob_advances(const std::string&, std::uint64_t) override {}
    void blob_ends(const std::string&, std::uint64_t) override {}
};

}  // namespace

std::shared_ptr<registry::TransferObserver> RawJsonProgress::transfers() {
    return std::make_shared<SilentTransfers>();
}

/// One write a line, so that lines of several threads do not mix.
void RawJsonProgress::print(const std::string& object) {
    show_text(descriptor_, object + "\n");
}

RawJsonProgress::Vertex RawJsonProgress::vertex_of(const StepLabel& step) {
    const std::lock_guard lock(mutex_);
    Vertex& vertex = vertexes_[{step.stage, step.number}];
    if (!vertex.digest.empty()) return vertex;
    const std::string stage = stages_ > 1 ? step.stage_name + " " : "";
    const std::string platform = platform_.empty() ? "" : platform_ + " ";
    vertex.name = fmt::format("[{}{}{}/{}] {}", platform, stage, step.number, step.total, step.text);
    vertex.digest = layers::Digest::of(fmt::format("{} {} {}", step.stage, step.number, vertex.name)).text();
    vertex.started = now();
    return vertex;
}

void RawJsonProgress::build_started(std::size_t stages, std::size_t) {
    const std::lock_guard lock(mutex_);
    stages_ = stages;
    vertexes_.clear();
}

void RawJsonProgress::step_started(const StepLabel& step) {
    const Vertex vertex = vertex_of(step);
    print(document("vertexes", {{"digest", vertex.digest}, {"name", vertex.name}, {"started", vertex.started}}));
}

void RawJsonProgress::log(const StepLabel& step, int stream, runtime::Bytes bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    print(document("logs", {{"vertex", vertex_of(step).digest},
                            {"stream", stream},
                            {"data", runtime::encode_base64(text)},
                            {"timestamp", now()}}));
}

void RawJsonProgress::step_output(const StepLabel& step, runtime::Bytes bytes) {
    log(step, 1, bytes);
}

void RawJsonProgress::step_errors(const StepLabel& step, runtime::Bytes bytes) {
    log(step, 2, bytes);
}

void RawJsonProgress::complete(const StepLabel& step, bool is_cached, const std::string& error) {
    const Vertex vertex = vertex_of(step);
    ordered_json object = {
        {"digest", vertex.digest}, {"name", vertex.name}, {"started", vertex.started}, {"completed", now()}};
    if (is_cached) object["cached"] = true;
    if (!error.empty()) object["error"] = error;
    print(document("vertexes", object));
}

void RawJsonProgress::step_finished(const StepLabel& step, const StepResult& result) {
    complete(step, result.outcome == StepOutcome::cached, "");
}

void RawJsonProgress::step_failed(const StepLabel& step) {
    complete(step, false, "the step failed");
}

void RawJsonProgress::warn(std::string_view text) {
    print(document("warnings", {{"level", 1}, {"short", runtime::encode_base64(text)}}));
}

void RawJsonProgress::notice(std::string_view text) {
    {
        const std::lock_guard lock(mutex_);
        if (!notices_.emplace(text).second) return;
    }
    warn(text);
}

void RawJsonProgress::warning(std::string_view text) {
    warn(text);
}

void RawJsonProgress::image_made(const MadeImage& image) {
    if (image.tells_id) std::cout << image.id << "\n";
}

}  // namespace builder
