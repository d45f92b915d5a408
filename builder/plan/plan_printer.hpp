// Prints a plan for people, for programs, and as a picture.
#pragma once

#include <string>

#include "builder/plan/build_plan.hpp"

namespace builder {

/// Stages in the order of the file, each with what it stands on, what it needs, and its steps.
std::string print_plan_text(const BuildPlan& plan);

/// The same as a JSON document; ends with a newline.
std::string print_plan_json(const BuildPlan& plan);

/// The graph of the stages in the language of Graphviz. Stages that are left out are drawn dashed.
std::string print_plan_dot(const BuildPlan& plan);

}  // namespace builder
