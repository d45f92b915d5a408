// The images without a name that a build leaves beside its own: of steps (--layers) and of other stages
// (--save-stages).
#pragma once

#include <map>
#include <string>

#include "builder/engine/run/build_request.hpp"
#include "builder/engine/run/executor.hpp"
#include "builder/images/commit_image.hpp"

namespace builder {

/// Makes an image of what a stage is after a step. `options` are those of the build's own image.
ImageKeeper image_keeper(layers::Store& store, const BuildImageRequest& request, CommitOptions options);

/// The IDs of the images of stages, by the index of the stage.
using StageImages = std::map<std::size_t, std::string>;

/// Makes images of the other stages; a stage that only names an image is that image already.
StageImages save_stages(layers::Store& store, const BuildPlan& plan, Executor::Result& result,
                        const BuildImageRequest& request, CommitOptions options);

/// The labels that name a stage and what it is based on (--stage-labels).
std::map<std::string, std::string> stage_labels(const StagePlan& stage, const StageImages& images);

}  // namespace builder
