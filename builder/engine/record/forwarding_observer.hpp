// Passes all events of a build on; who changes some of them overrides those.
#pragma once

#include "builder/engine/record/build_events.hpp"

namespace builder {

class ForwardingObserver : public BuildObserver {
public:
    /// The observer outlives this one.
    explicit ForwardingObserver(BuildObserver& next) : next_(next) {}

    void build_described(const BuildSubject& subject) override { next_.build_described(subject); }
    void build_started(std::size_t stages, std::size_t steps) override { next_.build_started(stages, steps); }
    void stages_planned(const std::vector<PlannedStage>& stages) override { next_.stages_planned(stages); }
    void stage_finished(std::size_t stage, const std::string& digits) override { next_.stage_finished(stage, digits); }
    void step_started(const StepLabel& step) override { next_.step_started(step); }
    void base_opened(const StepLabel& step, const std::string& name, const std::string& id) override {
        next_.base_opened(step, name, id);
    }
    void step_keyed(const StepLabel& step, const StepKey& key) override { next_.step_keyed(step, key); }
    void layer_added(const StepLabel& step, const std::shared_ptr<const SealedLayer>& layer) override {
        next_.layer_added(step, layer);
    }
    void step_output(const StepLabel& step, runtime::Bytes bytes) override { next_.step_output(step, bytes); }
    bool takes_errors_apart() const override { return next_.takes_errors_apart(); }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override { next_.step_errors(step, bytes); }
    void step_finished(const StepLabel& step, const StepResult& result) override { next_.step_finished(step, result); }
    void step_kept(const StepLabel& step, const std::string& id, bool was_known) override {
        next_.step_kept(step, id, was_known);
    }
    void step_failed(const StepLabel& step) override { next_.step_failed(step); }
    void step_used(const StepLabel& step, const StepUse& use) override { next_.step_used(step, use); }
    void notice(std::string_view text) override { next_.notice(text); }
    void warning(std::string_view text) override { next_.warning(text); }
    void arguments_unused(std::string_view text) override { next_.arguments_unused(text); }

protected:
    BuildObserver& next_;
};

}  // namespace builder
