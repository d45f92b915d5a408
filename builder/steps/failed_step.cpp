#include "builder/steps/failed_step.hpp"

#include "builder/steps/run_mounts.hpp"
#include "builder/steps/step_policy.hpp"

namespace builder {

void add_mounts(RunRequest& request, StepMounts& mounts, const StepPolicy& policy, const StageState& state) {
    if (policy.discards_volume_changes)
        for (const std::string& volume : state.config.config.volumes) mounts.shield(volume, request);
    for (const VolumeRequest& volume : policy.elaborate_volumes) mounts.add_volume(volume, request);
    mounts.apply(request);
}

}  // namespace builder
