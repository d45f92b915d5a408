// Takes secrets out of all that is told of a build.
#pragma once

#include <map>
#include <set>
#include <string>

#include "builder/engine/record/build_events.hpp"
#include "layers/secret_scan.hpp"

namespace builder {

/// The text with "***" in the place of secrets.
std::string redacted(const layers::SecretPatterns& secrets, std::string_view text);

/// Tells which secrets are too short to be found anywhere, but for those that may be seen (`unscanned`). By ID to
/// value.
void warn_of_short_secrets(const std::map<std::string, std::string>& secrets, const std::set<std::string>& unscanned,
                           BuildObserver& observer);

/// Passes events on without the secrets in them. What steps print has been cleaned where it was read.
class RedactingObserver final : public BuildObserver {
public:
    RedactingObserver(BuildObserver& observer, const layers::SecretPatterns& secrets)
        : observer_(observer), secrets_(secrets) {}

    void build_started(std::size_t stages, std::size_t steps) override { observer_.build_started(stages, steps); }
    void stages_planned(const std::vector<PlannedStage>& stages) override { observer_.stages_planned(stages); }
    void stage_finished(std::size_t stage, const std::string& digits) override {
        observer_.stage_finished(stage, digits);
    }
    void step_started(const StepLabel& step) override { observer_.step_started(clean(step)); }
    void step_output(const StepLabel& step, runtime::Bytes bytes) override {
        observer_.step_output({step.stage, step.stage_name, step.number, step.total, ""}, bytes);
    }
    bool takes_errors_apart() const override { return observer_.takes_errors_apart(); }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override {
        observer_.step_errors({step.stage, step.stage_name, step.number, step.total, ""}, bytes);
    }
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_kept(const StepLabel& step, const std::string& id, bool was_known) override {
        observer_.step_kept(clean(step), id, was_known);
    }
    void step_failed(const StepLabel& step) override { observer_.step_failed(clean(step)); }
    void step_used(const StepLabel& step, const StepUse& use) override { observer_.step_used(clean(step), use); }
    void notice(std::string_view text) override { observer_.notice(redacted(secrets_, text)); }
    void warning(std::string_view text) override { observer_.warning(redacted(secrets_, text)); }
    void arguments_unused(std::string_view text) override { observer_.arguments_unused(redacted(secrets_, text)); }

private:
    StepLabel clean(const StepLabel& step) const;
    BuildObserver& observer_;
    const layers::SecretPatterns& secrets_;
};

}  // namespace builder
