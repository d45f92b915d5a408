// What is said of a step that failed.
#pragma once

#include "builder/plan/build_plan.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// The error with the step whose instruction it points at, in Buildah's sentence, in front: `building at STEP "RUN x":
/// while running runtime: exit status 3`. The error itself where it points at none. A program that could not be
/// started exits with 1, as there.
runtime::Error with_step(const runtime::Error& error, const StagePlan& stage);

}  // namespace builder
