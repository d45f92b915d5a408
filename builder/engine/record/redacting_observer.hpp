// Takes secrets out of all that is told of a build.
#pragma once

#include <map>
#include <set>
#include <string>

#include "builder/engine/record/forwarding_observer.hpp"
#include "layers/secret_scan.hpp"

namespace builder {

/// The text with "***" in the place of secrets.
std::string redacted(const layers::SecretPatterns& secrets, std::string_view text);

/// Tells which secrets are too short to be found anywhere, but for those that may be seen (`unscanned`). By ID to
/// value.
void warn_of_short_secrets(const std::map<std::string, std::string>& secrets, const std::set<std::string>& unscanned,
                           BuildObserver& observer);

/// Passes events on without the secrets in them. What steps print has been cleaned where it was read.
class RedactingObserver final : public ForwardingObserver {
public:
    RedactingObserver(BuildObserver& observer, const layers::SecretPatterns& secrets)
        : ForwardingObserver(observer), secrets_(secrets) {}

    void build_described(const BuildSubject& subject) override;
    void step_started(const StepLabel& step) override { next_.step_started(clean(step)); }
    void base_opened(const StepLabel& step, const std::string& name, const std::string& id) override {
        next_.base_opened(clean(step), redacted(secrets_, name), id);
    }
    void step_keyed(const StepLabel& step, const StepKey& key) override;
    void layer_added(const StepLabel& step, const std::shared_ptr<const SealedLayer>& layer) override {
        next_.layer_added(clean(step), layer);
    }
    void step_output(const StepLabel& step, runtime::Bytes bytes) override {
        next_.step_output({step.stage, step.stage_name, step.number, step.total, "", step.line}, bytes);
    }
    void step_errors(const StepLabel& step, runtime::Bytes bytes) override {
        next_.step_errors({step.stage, step.stage_name, step.number, step.total, "", step.line}, bytes);
    }
    void step_finished(const StepLabel& step, const StepResult& result) override;
    void step_kept(const StepLabel& step, const std::string& id, bool was_known) override {
        next_.step_kept(clean(step), id, was_known);
    }
    void step_failed(const StepLabel& step) override { next_.step_failed(clean(step)); }
    void step_used(const StepLabel& step, const StepUse& use) override { next_.step_used(clean(step), use); }
    void notice(std::string_view text) override { next_.notice(redacted(secrets_, text)); }
    void warning(std::string_view text) override { next_.warning(redacted(secrets_, text)); }
    void arguments_unused(std::string_view text) override { next_.arguments_unused(redacted(secrets_, text)); }

private:
    StepLabel clean(const StepLabel& step) const;
    const layers::SecretPatterns& secrets_;
};

}  // namespace builder
