// What is left of a RUN whose command failed, for who wants to look at it: --on-error.
#pragma once

#include <string>
#include <vector>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/record/stage_state.hpp"
#include "builder/steps/command_runner.hpp"

namespace builder {

class StepMounts;
struct StepPolicy;

struct FailedStep {
    StepLabel label;
    StageState state;                 ///< of the stage, before the step
    layers::StagedLayer staged;       ///< with what the command left
    RunRequest request;               ///< what it was asked for, without its mounts
    std::vector<std::string> mounts;  ///< as the command line and the instruction give them
    std::string command;              ///< as one would type it
};

/// Adds what a step sees besides the image: its mounts, volumes of the machine, and folders in whose place it has one
/// that is thrown away.
void add_mounts(RunRequest& request, StepMounts& mounts, const StepPolicy& policy, const StageState& state);

}  // namespace builder
