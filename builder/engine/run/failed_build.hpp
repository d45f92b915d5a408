// What is left of a build that a RUN ended: for --on-error.
#pragma once

#include "builder/steps/failed_step.hpp"
#include "builder/steps/run_step.hpp"
#include "builder/steps/step_environment.hpp"

namespace builder {

/// A build that ends with a RUN whose command failed.
struct FailedBuild {
    FailedStep& step;
    RunRequest request;      ///< to run something in the step's place
    StepRunner& commands;    ///< those of the build
    ImageKeeper keep_image;  ///< of what the stage was before the step
    layers::Store& store;
};

}  // namespace builder
