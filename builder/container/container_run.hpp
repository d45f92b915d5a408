// `run`: a command in a working container, in the foreground, by the way that RUN takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/build/run_step.hpp"
#include "builder/build/stored_images.hpp"
#include "builder/container/working_container.hpp"

namespace builder {

/// As the flags have them: "", private, container, host, a path, or container:NAME.
struct NamespaceWishes {
    std::string pid;
    std::string ipc;
    std::string uts;
    std::string cgroup;
    std::string network;
};

struct ContainerRun {
    std::vector<std::string> command;
    std::optional<std::string> user;               ///< else the configuration's
    std::optional<std::string> working_directory;  ///< the same
    std::vector<std::string> environment;          ///< NAME=value, besides the configuration's
    std::vector<std::string> volumes;              ///< HOST:CONTAINER[:OPTIONS]
    std::vector<std::string> mounts;               ///< as RUN --mount has them
    std::string context_folder;                    ///< of bind mounts; empty: the whole machine
    NamespaceWishes namespaces;
    runtime::NetworkMode network = runtime::NetworkMode::host;
    bool terminal = false;
    RunSettings settings;
};

/// Whether the run needs a runner whose processes are counted with the host's.
bool shares_processes(const NamespaceWishes& wishes);

/// Throws Error where the container could not be made; a command that fails is a result. `runner` and `attachment` were
/// made before.
RunResult run_in_container(WorkingContainer& container, const runtime::Runner& runner, runtime::Attachment& attachment,
                           const ContainerRun& run, const ImageFinder& images, runtime::StopSource& stop);

}  // namespace builder
