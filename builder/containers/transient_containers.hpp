// Containers for as long as the machine runs: --transient-store.
#pragma once

#include "builder/containers/container_state.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// Notes in the state of a new container that it goes with the next boot.
void make_transient(ContainerState& state);

/// Removes those of earlier boots. One that another command uses stays.
void remove_transient_containers(layers::Store& store);

}  // namespace builder
