#include "builder/engine/record/build_events.hpp"

namespace builder {

const char* name_of(StepOutcome outcome) {
    if (outcome == StepOutcome::cached) return "cached";
    return outcome == StepOutcome::done ? "done" : "configured";
}

}  // namespace builder
