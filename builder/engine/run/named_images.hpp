// The images of a build that may have to do with registries.
#pragma once

#include <string>
#include <vector>

#include "builder/engine/run/build_image.hpp"
#include "builder/plan/build_plan.hpp"

namespace builder {

/// Adds the images that a build's plan, contexts and caches name, without those that the store has and that are not
/// asked for again, to those that --creds is for.
void add_named_images(registry::AccessOptions& access, layers::Store& store, const BuildPlan& plan,
                      const BuildImageRequest& request);

}  // namespace builder
