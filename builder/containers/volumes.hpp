// What is mounted into a working container while a command runs: --volume, --mount and --device.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builder/containers/container_run.hpp"
#include "builder/steps/run_mounts.hpp"

namespace builder {

/// -v HOST:CONTAINER[:OPTIONS], taken apart.
struct VolumeRequest {
    std::string source;
    std::string target;
    bool read_only = false;
    bool is_overlay = false;     ///< O: what is written is thrown away
    bool changes_owner = false;  ///< U: the source is given to the container's user
    /// What the command changes, owners included, is thrown away: the source stays as it is.
    bool is_private = false;
    bool no_execute = false;
    runtime::MountSpec::Propagation propagation = runtime::MountSpec::Propagation::none;
    /// z, Z: the source gets a label of SELinux that containers, or only this one, may use.
    enum class Label { none, shared, own };
    Label label = Label::none;
};

/// Throws Error that names the option at fault.
VolumeRequest parse_volume(const std::string& text);

/// The mounts of one run. Lives as long as the run does.
class RunVolumes {
public:
    /// Throws Error for a bad value or a source that is not there.
    RunVolumes(WorkingContainer& container, const ContainerRun& run, const runtime::Runner& runner,
               const ImageFinder& images, runtime::StopSource& stop);
    ~RunVolumes();
    void apply(RunRequest& request);

private:
    enum class AskedBy { caller, image };
    void add_volume(const VolumeRequest& volume, AskedBy asked_by, RunRequest& request);
    std::string copy_of(const VolumeRequest& volume, const RunRequest& request);
    layers::StagedLayer& new_place();
    void add_kept_volumes(RunRequest& request);
    struct Steps;
    WorkingContainer& container_;
    const ContainerRun& run_;
    std::unique_ptr<Steps> steps_;
    std::unique_ptr<StepMounts> mounts_;
    std::vector<std::unique_ptr<layers::StagedLayer>> temporary_;
};

}  // namespace builder
