// The cgroup that limits all steps of a build, or the command of a container.
#pragma once

#include <memory>

#include "builder/steps/run_step.hpp"
#include "runtime/container/cgroup/cgroup.hpp"
#include "runtime/container/runner/runner.hpp"

namespace builder {

/// Makes the cgroup, and notes it in the settings; nothing where there is no limit. Where an OCI runtime sets the
/// limits, only the place is found. Throws Error naming the limit that cannot be set.
std::unique_ptr<runtime::Cgroup> limit_steps(const runtime::CgroupLimits& limits, RunSettings& settings,
                                             const runtime::Runner& runner, runtime::CgroupManager manager);

}  // namespace builder
