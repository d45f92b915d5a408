// `run`: a command in a working container, in the foreground, by the way that RUN takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/containers/namespace_choice.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/images/stored_images.hpp"
#include "builder/steps/run_step.hpp"

namespace builder {

struct ContainerRun {
    std::vector<std::string> command;
    std::string user;                       ///< empty: the configuration's
    std::string working_directory;          ///< the same; relative to the root
    std::vector<std::string> environment;   ///< NAME=value, besides the configuration's
    std::vector<std::string> volumes;       ///< HOST:CONTAINER[:OPTIONS]
    std::vector<std::string> kept_volumes;  ///< those of the container, where no other is at the place
    std::vector<std::string> mounts;        ///< as RUN --mount has them
    std::string context_folder;             ///< of bind mounts; empty: the whole machine
    NamespaceWishes namespaces;
    runtime::NetworkMode network = runtime::NetworkMode::host;
    bool terminal = false;
    RunSettings settings;
};

/// Throws Error where the container could not be made; a command that fails is a result. `runner` and `attachment` were
/// made before.
RunResult run_in_container(WorkingContainer& container, const runtime::Runner& runner, runtime::Attachment& attachment,
                           const ContainerRun& run, const ImageFinder& images, runtime::StopSource& stop);

/// What such a run would ask the runner for. Throws Error where it shares namespaces, which end before it begins.
runtime::ContainerSpec describe_run(WorkingContainer& container, const ContainerRun& run, const ImageFinder& images,
                                    runtime::StopSource& stop);

}  // namespace builder
