// `copy --link` and `add --link`: what is copied is a layer of its own in the images to come. The container itself does
// not show it, as in Buildah.
#pragma once

#include <string>

#include "builder/containers/working_container.hpp"
#include "layers/store/staging.hpp"

namespace builder {

/// Keeps a finished staged layer beside the container's files, for commits to come; the history says how it was made.
/// Killed on the way, the container is as it was. Throws Error.
void keep_linked_layer(WorkingContainer& container, layers::StagedLayer& staged, const std::string& created_by);

/// The folder of the files of such a layer.
std::string path_of(const WorkingContainer& container, const LinkedLayer& layer);

}  // namespace builder
