// Why a step ran, in words.
#pragma once

#include <string>

#include "builder/engine/record/build_events.hpp"

namespace builder {

/// "file src/main.c changed (1a2b3c4d5e6f → 6f5e4d3c2b1a)", with nothing in it that could steer a terminal. Empty where
/// nothing is known.
std::string shown_reason(const StepReason& reason);

}  // namespace builder
