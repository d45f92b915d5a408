#include "builder/cli/reason_text.hpp"

#include <fmt/format.h>

#include "runtime/base/harmless.hpp"

namespace builder {

std::string shown_reason(const StepReason& reason) {
    if (reason.before.empty() && reason.now.empty()) return runtime::harmless(reason.text);
    return runtime::harmless(fmt::format("{} ({} → {})", reason.text, reason.before, reason.now));
}

}  // namespace builder
