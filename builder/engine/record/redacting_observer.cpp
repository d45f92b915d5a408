#include "builder/engine/record/redacting_observer.hpp"

#include "builder/engine/record/sealed_layer.hpp"
#include "runtime/base/error.hpp"

namespace builder {

std::string redacted(const layers::SecretPatterns& secrets, std::string_view text) {
    layers::SecretRedactor redactor(secrets);
    // One after the other: the operands of + may be evaluated in any order.
    std::string clean = redactor.redact(text);
    clean += redactor.finish();
    return clean;
}

void warn_of_short_secrets(const std::map<std::string, std::string>& secrets, const std::set<std::string>& unscanned,
                           BuildObserver& observer) {
    for (const auto& [id, value] : secrets)
        if (layers::SecretPatterns::is_too_short(value) && !unscanned.contains(id))
            observer.notice(fmt::format(
                "the secret {} is shorter than {} bytes: it is neither looked for in layers nor taken out of what "
                "steps print",
                runtime::quoted(id), layers::SecretPatterns::fewest_bytes));
}

StepLabel RedactingObserver::clean(const StepLabel& step) const {
    StepLabel result = step;
    result.text = redacted(secrets_, step.text);
    return result;
}

void RedactingObserver::build_described(const BuildSubject& subject) {
    next_.build_described({redacted(secrets_, subject.file), redacted(secrets_, subject.context),
                           redacted(secrets_, subject.target), subject.platform});
}

/// The values of inputs are digests; their names may be those of files.
void RedactingObserver::step_keyed(const StepLabel& step, const StepKey& key) {
    StepKey clean_key = key;
    for (layers::KeyInput& input : clean_key.inputs) input.name = redacted(secrets_, input.name);
    next_.step_keyed(clean(step), clean_key);
}

void RedactingObserver::step_finished(const StepLabel& step, const StepResult& result) {
    const StepReason& reason = result.reason;
    const StepReason clean_reason{redacted(secrets_, reason.text), redacted(secrets_, reason.before),
                                  redacted(secrets_, reason.now)};
    next_.step_finished(clean(step), {result.outcome, result.elapsed, clean_reason});
}

}  // namespace builder
