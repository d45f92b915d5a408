// Prints what a Containerfile offers, as tables and as JSON documents for editors.
#pragma once

#include <string>

#include "builder/plan/outline.hpp"

namespace builder {

std::string print_outline_text(const Outline& outline);
std::string print_outline_json(const Outline& outline, const SourceText& source);

/// All stages with their descriptions; the plan's target is the default one.
std::string print_targets_text(const BuildPlan& plan);
std::string print_targets_json(const BuildPlan& plan);

}  // namespace builder
