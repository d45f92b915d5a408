// The times of what a build makes: --timestamp, --source-date-epoch and the build argument SOURCE_DATE_EPOCH.
// https://reproducible-builds.org/docs/source-date-epoch/
#pragma once

#include "builder/engine/run/build_request.hpp"
#include "builder/plan/build_plan.hpp"
#include "builder/sources/build_context.hpp"
#include "layers/store/store.hpp"

namespace builder {

inline constexpr const char* epoch_argument = "SOURCE_DATE_EPOCH";

/// SOURCE_DATE_EPOCH=context becomes the time of the context, where that has one; else it is as if it were not there.
void resolve_epoch(std::map<std::string, std::string>& arguments, const ContextFiles& context);
void resolve_epoch(Variables& arguments, const ContextFiles& context);

struct BuildTimes {
    layers::TimeRule files;  ///< of new layers
    layers::TimeRule image;  ///< of configuration and history
};

/// Throws Error where the epoch is no number.
BuildTimes make_times(const BuildImageRequest& request, const BuildPlan& plan);

}  // namespace builder
