// Writes the record of a build while it goes on.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/build_record.hpp"
#include "builder/engine/record/forwarding_observer.hpp"
#include "builder/engine/record/sealed_layer.hpp"

namespace builder {

/// Passes all events on, and keeps them in the store. It is given events without secrets. What it has to write it
/// collects: a short build is written at its end, once its image's ID is out; a longer one every second. Where a
/// record cannot be written the build goes on without. Thread-safe.
class BuildRecorder final : public ForwardingObserver {
public:
    BuildRecorder(BuildObserver& next, const layers::StoreLocation& store, std::string version);
    ~BuildRecorder() override;

    /// The last call: the outcome, and what layers there are. Removes the oldest records where there are too many.
    void finish(const BuildOutcome& outcome) noexcept;
    /// Empty where there is none.
    std::string id() const;

    void build_described(const BuildSubject& subject) override;
    void step_started(const StepLabel& step) override;
    void base_opened(const StepLabel& step, const std::string& name, const std::string& id) override;
    void step_keyed(const StepLabel& step, const StepKey& key) override;
    void layer_added(const StepLabel& step, const std::shared_ptr<const SealedLayer>& layer) override;
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_failed(const StepLabel& step) override;
    void step_used(const StepLabel& step, const StepUse& use) override;

private:
    using Clock = std::chrono::steady_clock;
    using StepId = std::pair<std::size_t, std::size_t>;
    std::int64_t now_us() const;
    RecordedStep& step_of(const StepLabel& step);
    void log(const StepLabel& step, runtime::Bytes bytes);
    void end_step(const StepLabel& step);
    void add(std::string_view line);
    void write_sometimes();
    void write() noexcept;
    void add_layers();

    layers::BuildFiles builds_;
    std::string version_;
    mutable std::mutex mutex_;
    Clock::time_point started_ = Clock::now();
    std::int64_t started_us_;
    std::optional<layers::NewBuildFile> file_;  ///< nothing before build_described(), and after a failure
    std::string events_;                        ///< to be written
    std::string log_;                           ///< the same
    std::size_t log_bytes_ = 0;                 ///< of all of the log
    Clock::time_point written_ = Clock::now();
    std::map<StepId, RecordedStep> steps_;  ///< till they are written
    std::vector<std::pair<StepLabel, SealedLayerPointer>> layers_;
};

}  // namespace builder
