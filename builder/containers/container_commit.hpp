// From a working container to an image: all that it wrote as one layer on top of its image's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "builder/containers/working_container.hpp"
#include "builder/images/commit_image.hpp"

namespace builder {

struct ContainerCommit {
    CommitOptions image;     ///< format, names, annotations, times of documents
    layers::TimeRule files;  ///< times of the new layer's files
    bool squash = false;     ///< one layer of everything
    bool omit_history = false;
    std::vector<std::pair<std::string, std::string>> added_files;  ///< source, destination; in a layer of their own
    std::function<void(ContainerState&)> adjust;                   ///< the last word on the configuration
    std::function<void(StageState&)> amend;                        ///< may add layers, with their history
};

/// Records the image. The container goes on as it was; where nothing else uses it, its folder becomes the layer without
/// being copied. Throws Error.
CommittedImage commit_container(WorkingContainer& container, const ContainerCommit& commit);

}  // namespace builder
