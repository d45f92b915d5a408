// What is mounted into a working container while a command runs: --volume, --mount and --device.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builder/containers/container_run.hpp"
#include "builder/steps/run_mounts.hpp"
#include "builder/steps/volume_request.hpp"

namespace builder {

/// The mounts of one run. Lives as long as the run does.
class RunVolumes {
public:
    /// Throws Error for a bad value or a source that is not there.
    RunVolumes(WorkingContainer& container, const ContainerRun& run, const std::string& working_directory,
               const runtime::Runner& runner, const ImageFinder& images, runtime::StopSource& stop);
    ~RunVolumes();
    void apply(RunRequest& request);

private:
    void add_volume(const VolumeRequest& volume, RunRequest& request);
    std::vector<VolumeRequest> wanted_volumes(const RunRequest& request) const;
    runtime::RootSpec overlay_of(const VolumeRequest& volume);
    std::string copy_of(const VolumeRequest& volume, const RunRequest& request);
    layers::StagedLayer& new_place();
    struct Steps;
    WorkingContainer& container_;
    const ContainerRun& run_;
    std::unique_ptr<Steps> steps_;
    std::unique_ptr<StepMounts> mounts_;
    std::vector<std::unique_ptr<layers::StagedLayer>> temporary_;
};

}  // namespace builder
