// What a working container keeps beside its files. Its VOLUMEs: what `run` writes there stays with the container, but
// is no part of its images. And what linked_layers.hpp keeps.
#pragma once

#include <string>

#include "layers/store/store.hpp"

namespace builder {

class WorkingContainer;

/// A folder that goes when the container is removed. It may not be there yet.
std::string folder_beside(const WorkingContainer& container);

/// The folder that stands for a volume while a command runs. When it is first asked for, it gets what the container has
/// at that place.
std::string kept_volume(WorkingContainer& container, const std::string& path);

/// Removes a container with all that belongs to it: its mounts and its volumes. Throws Error while another command uses
/// it.
void remove_working_container(layers::Store& store, const layers::ContainerRecord& container);
/// The same for one that this command uses.
void remove_working_container(WorkingContainer& container);

/// Removes the volumes of containers that are gone, which a command left behind that was killed.
void remove_stray_volumes(layers::Store& store);

}  // namespace builder
