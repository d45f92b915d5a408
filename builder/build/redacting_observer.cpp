#include "builder/build/redacting_observer.hpp"

namespace builder {

std::string redacted(const layers::SecretPatterns& secrets, std::string_view text) {
    layers::SecretRedactor redactor(secrets);
    return redactor.redact(text) + redactor.finish();
}

StepLabel RedactingObserver::clean(const StepLabel& step) const {
    StepLabel result = step;
    result.text = redacted(secrets_, step.text);
    return result;
}

void RedactingObserver::step_finished(const StepLabel& step, const StepResult& result) {
    StepResult clean_result = result;
    clean_result.reason = redacted(secrets_, result.reason);
    observer_.step_finished(clean(step), clean_result);
}

}  // namespace builder
