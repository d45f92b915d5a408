#include "builder/engine/record/redacting_observer.hpp"

#include "runtime/base/error.hpp"

namespace builder {

std::string redacted(const layers::SecretPatterns& secrets, std::string_view text) {
    layers::SecretRedactor redactor(secrets);
    return redactor.redact(text) + redactor.finish();
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

void RedactingObserver::step_finished(const StepLabel& step, const StepResult& result) {
    StepResult clean_result = result;
    clean_result.reason = redacted(secrets_, result.reason);
    observer_.step_finished(clean(step), clean_result);
}

}  // namespace builder
