// Where the images that stages begin with come from, as the executor sees it.
#pragma once

#include <string>

#include "builder/engine/record/stage_state.hpp"

namespace builder {

class BaseImages {
public:
    virtual ~BaseImages() = default;
    /// The state that a stage on this image starts from. Thread-safe. Throws Error where the image cannot be had.
    virtual StageState open(const std::string& reference, const std::string& platform) = 0;
};

}  // namespace builder
