// A working container goes with all that belongs to it.
#pragma once

#include <string>

#include "layers/store/store.hpp"

namespace builder {

class WorkingContainer;

/// A folder for what a container keeps beside its files; it goes with it. It may not be there yet.
std::string folder_beside(const WorkingContainer& container);

/// Removes a container with all that belongs to it: its mounts and what it keeps beside its files. Throws Error while
/// another command uses it.
void remove_working_container(layers::Store& store, const layers::ContainerRecord& container);
/// The same for one that this command uses.
void remove_working_container(WorkingContainer& container);

/// Removes what containers kept that are gone: a command left it behind that was killed.
void remove_stray_belongings(layers::Store& store);

}  // namespace builder
