#include "builder/engine/record/build_recorder.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "builder/engine/record/step_key.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

namespace builder {
namespace {

constexpr std::size_t kept_builds = 500;
constexpr std::size_t most_log_bytes = 64U << 20;
constexpr std::size_t most_held_bytes = 64U << 10;
constexpr auto write_interval = std::chrono::seconds(1);

std::int64_t wall_clock_us() {
    const timespec now = runtime::wall_clock();
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

/// A text without users and passwords in the addresses that it names: "https://host/" for "https://user:secret@host/".
std::string without_passwords(const std::string& text) {
    std::string result;
    std::size_t done = 0;
    for (std::size_t mark = text.find("://"); mark != std::string::npos; mark = text.find("://", mark + 1)) {
        const std::size_t begin = mark + 3;
        const std::size_t end = std::min(text.find_first_of("/ \t\n\"'", begin), text.size());
        const std::size_t at = text.rfind('@', end - 1);
        if (at == std::string::npos || at < begin || begin < done) continue;
        result += text.substr(done, begin - done);
        done = at + 1;
    }
    return result + text.substr(done);
}

}  // namespace

BuildRecorder::BuildRecorder(BuildObserver& next, const layers::StoreLocation& store, std::string version)
    : ForwardingObserver(next), builds_(store), version_(std::move(version)), started_us_(wall_clock_us()) {}

/// A build that ended without finish() was interrupted: what is known of it is kept.
BuildRecorder::~BuildRecorder() {
    const std::lock_guard lock(mutex_);
    write();
}

std::int64_t BuildRecorder::now_us() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_).count();
}

std::string BuildRecorder::id() const {
    const std::lock_guard lock(mutex_);
    return file_ ? file_->file().id : "";
}

void BuildRecorder::add(std::string_view line) {
    events_ += line;
    write_sometimes();
}

/// Not in the first second, so that a build of which everything is cached writes nothing before its ID is out.
void BuildRecorder::write_sometimes() {
    if (events_.size() + log_.size() > most_held_bytes || Clock::now() - written_ > write_interval) write();
}

/// A record is no part of the build: one that cannot be written is given up.
void BuildRecorder::write() noexcept {
    written_ = Clock::now();
    if (!file_) return;
    try {
        if (!events_.empty()) file_->add_events(events_);
        if (!log_.empty()) file_->add_log(log_);
    } catch (const std::exception& error) {
        runtime::log_debug("the record of the build is not kept: {}", error.what());
        file_.reset();
    }
    events_.clear();
    log_.clear();
}

void BuildRecorder::build_described(const BuildSubject& subject) {
    next_.build_described(subject);
    const std::lock_guard lock(mutex_);
    file_ = builds_.create(subject_digits(subject), started_us_);
    events_ = record_line_of_build(file_->file(), subject, version_) + events_;
}

RecordedStep& BuildRecorder::step_of(const StepLabel& step) {
    RecordedStep& known = steps_[{step.stage, step.number}];
    if (known.label.total == 0) {
        known.label = step;
        known.label.text = without_passwords(step.text);
    }
    return known;
}

void BuildRecorder::step_started(const StepLabel& step) {
    next_.step_started(step);
    const std::lock_guard lock(mutex_);
    RecordedStep& known = step_of(step);
    known.started_us = now_us();
    add(record_line_of_start(known));
}

void BuildRecorder::base_opened(const StepLabel& step, const std::string& name, const std::string& id) {
    next_.base_opened(step, name, id);
    const std::lock_guard lock(mutex_);
    RecordedStep& known = step_of(step);
    known.base_name = name;
    known.base_id = id;
}

void BuildRecorder::step_keyed(const StepLabel& step, const StepKey& key) {
    next_.step_keyed(step, key);
    const std::lock_guard lock(mutex_);
    RecordedStep& known = step_of(step);
    known.key = key.key.text();
    known.inputs = key.inputs;
}

void BuildRecorder::layer_added(const StepLabel& step, const std::shared_ptr<const SealedLayer>& layer) {
    next_.layer_added(step, layer);
    const std::lock_guard lock(mutex_);
    layers_.emplace_back(step, layer);
}

void BuildRecorder::log(const StepLabel& step, runtime::Bytes bytes) {
    const std::lock_guard lock(mutex_);
    if (log_bytes_ > most_log_bytes) return;
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    log_bytes_ += text.size();
    if (log_bytes_ > most_log_bytes) text += "\n[the log of a build ends here: it keeps 64 MiB]\n";
    const nlohmann::ordered_json line = {
        {"stage", step.stage}, {"step", step.number}, {"at_us", now_us()}, {"text", std::move(text)}};
    log_ += line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    write_sometimes();
}

void BuildRecorder::step_output(const StepLabel& step, runtime::Bytes bytes) {
    next_.step_output(step, bytes);
    log(step, bytes);
}

void BuildRecorder::step_errors(const StepLabel& step, runtime::Bytes bytes) {
    next_.step_errors(step, bytes);
    log(step, bytes);
}

void BuildRecorder::step_finished(const StepLabel& step, const StepResult& result) {
    next_.step_finished(step, result);
    const std::lock_guard lock(mutex_);
    RecordedStep& known = step_of(step);
    known.took_us = now_us() - known.started_us;
    known.reason = result.reason;
    known.outcome = name_of(result.outcome);
    // The cache has them, by the key; of a step that failed it has nothing.
    known.inputs.clear();
    // What an instruction used comes behind this; FROM has nothing to tell.
    if (step.number == 1) end_step(step);
}

void BuildRecorder::step_failed(const StepLabel& step) {
    next_.step_failed(step);
    const std::lock_guard lock(mutex_);
    RecordedStep& known = step_of(step);
    known.took_us = now_us() - known.started_us;
    known.outcome = "failed";
    if (step.number == 1) end_step(step);
}

void BuildRecorder::step_used(const StepLabel& step, const StepUse& use) {
    next_.step_used(step, use);
    const std::lock_guard lock(mutex_);
    step_of(step).use = use;
    end_step(step);
}

void BuildRecorder::end_step(const StepLabel& step) {
    const auto known = steps_.extract({step.stage, step.number});
    if (known) add(record_line_of_end(known.mapped()));
}

/// Those whose digest is known by now: nothing waits for a record.
void BuildRecorder::add_layers() {
    for (const auto& [step, layer] : layers_) {
        if (layer->record.wait_for(std::chrono::seconds(0)) != std::future_status::ready) continue;
        try {
            const layers::LayerRecord& record = layer->record.get();
            events_ += record_line_of_layer(step, record.diff_id.text(), record.tar_bytes);
        } catch (const std::exception&) {  // The build failed on it, and says why.
        }
    }
    layers_.clear();
}

void BuildRecorder::finish(const BuildOutcome& outcome) noexcept {
    const std::lock_guard lock(mutex_);
    if (!file_) return;
    try {
        add_layers();
        events_ += record_line_of_outcome({outcome.image, outcome.names, without_passwords(outcome.error)}, now_us());
        write();
        builds_.keep_newest(kept_builds);
    } catch (const std::exception& error) {
        runtime::log_debug("the record of the build is not whole: {}", error.what());
    }
    file_.reset();
}

}  // namespace builder
