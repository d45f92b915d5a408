// --log-limit: how much is shown of what a step prints.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "builder/engine/record/build_events.hpp"

namespace builder {

/// Passes events on, but of the output of each step only the first bytes. Where there was more, a line at the end of
/// the step says how much.
class LimitedOutput final : public BuildObserver {
public:
    LimitedOutput(BuildObserver& observer, std::uint64_t most_bytes) : observer_(observer), most_bytes_(most_bytes) {}

    void build_started(std::size_t stages, std::size_t steps) override { observer_.build_started(stages, steps); }
    void stages_planned(const std::vector<PlannedStage>& stages) override { observer_.stages_planned(stages); }
    void stage_finished(std::size_t stage, const std::string& digits) override {
        observer_.stage_finished(stage, digits);
    }
    void step_started(const StepLabel& step) override { observer_.step_started(step); }
    void step_output(const StepLabel& step, runtime::Bytes bytes) override;
    bool takes_errors_apart() const override { return observer_.takes_errors_apart(); }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override;
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_kept(const StepLabel& step, const std::string& id, bool was_known) override {
        observer_.step_kept(step, id, was_known);
    }
    void step_failed(const StepLabel& step) override;
    void step_used(const StepLabel& step, const StepUse& use) override { observer_.step_used(step, use); }
    void notice(std::string_view text) override { observer_.notice(text); }
    void warning(std::string_view text) override { observer_.warning(text); }
    void arguments_unused(std::string_view text) override { observer_.arguments_unused(text); }

private:
    struct Count {
        std::uint64_t seen_bytes = 0;
        bool ends_line = true;  ///< what was shown
    };
    runtime::Bytes within_limit(const StepLabel& step, runtime::Bytes bytes);
    void tell_left_out(const StepLabel& step);

    BuildObserver& observer_;
    std::uint64_t most_bytes_;
    std::mutex mutex_;
    std::map<std::pair<std::size_t, std::size_t>, Count> counts_;  ///< by stage and step
};

}  // namespace builder
