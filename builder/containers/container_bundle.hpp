// A working container as a bundle that any OCI runtime runs.
#pragma once

#include <string>

#include "builder/containers/container_run.hpp"

namespace builder {

/// Mounts the container where it is not mounted yet, and writes config.json and the files that it needs into a folder,
/// which is made. Throws Error for a mount that is nowhere on this machine.
void write_bundle(WorkingContainer& container, const ContainerRun& run, const ImageFinder& images,
                  const std::string& folder, runtime::StopSource& stop);

}  // namespace builder
