// Two builds that come to the same step at the same moment: one runs it, the other waits for its record.
#pragma once

#include <functional>
#include <string>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/record/sealed_layer.hpp"
#include "layers/store/store.hpp"
#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// The turn to run a step: one at a time has it, in all processes that use the store. It ends with this object, or with
/// the process; so it is kept till the step is recorded.
class StepTurn {
public:
    /// Takes no turn yet. The store outlives it. Throws SystemError.
    StepTurn(const layers::Store& store, const StepKey& key);
    ~StepTurn();
    StepTurn(const StepTurn&) = delete;
    StepTurn& operator=(const StepTurn&) = delete;

    /// Whether the turn was free, for sure: false may also mean that it has just become free.
    bool take_if_free();
    /// Waits for the turn, and passes on what the step prints meanwhile where it runs. Throws Error when the build is
    /// to stop.
    void wait(const runtime::StopSource& stop, const std::function<void(runtime::Bytes)>& output);
    /// Shows what the step prints to those who wait; not more than a few MiB of it. Never fails: it is theirs to see
    /// and no part of the step.
    void show(runtime::Bytes bytes) noexcept;

private:
    const layers::Store& store_;
    std::string name_;
    std::string output_path_;
    runtime::FileLock lock_;
    runtime::Fd output_;
    std::size_t shown_bytes_ = 0;
    bool is_taken_ = false;
};

/// Passes events on, and shows output to those who wait for the step.
class ShownOutput final : public BuildObserver {
public:
    /// Both outlive it; there may be no turn.
    ShownOutput(BuildObserver& observer, StepTurn* turn) : observer_(observer), turn_(turn) {}

    void build_started(std::size_t stages, std::size_t steps) override { observer_.build_started(stages, steps); }
    void step_started(const StepLabel& step) override { observer_.step_started(step); }
    void step_output(const StepLabel& step, runtime::Bytes bytes) override {
        if (turn_ != nullptr) turn_->show(bytes);
        observer_.step_output(step, bytes);
    }
    bool takes_errors_apart() const override { return observer_.takes_errors_apart(); }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override {
        if (turn_ != nullptr) turn_->show(bytes);
        observer_.step_errors(step, bytes);
    }
    void step_finished(const StepLabel& step, const StepResult& result) override {
        observer_.step_finished(step, result);
    }
    void step_failed(const StepLabel& step) override { observer_.step_failed(step); }
    void step_used(const StepLabel& step, const StepUse& use) override { observer_.step_used(step, use); }
    void notice(std::string_view text) override { observer_.notice(text); }
    void warning(std::string_view text) override { observer_.warning(text); }

private:
    BuildObserver& observer_;
    StepTurn* turn_;
};

}  // namespace builder
