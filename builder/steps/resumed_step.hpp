// A build that goes on from a working container which --on-error=keep has made of a failed RUN: `debug resume`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "builder/engine/record/stage_state.hpp"
#include "layers/digest.hpp"
#include "layers/store/staging.hpp"

namespace builder {

/// Which step it is, and what lies in the container. Nothing writes there as long as this is used.
struct ResumedStep {
    std::size_t stage = 0;
    std::size_t step = 0;                   ///< within the stage, from 1
    std::string text = {};                  ///< the instruction, on one line
    std::string platform = {};              ///< of the stage
    bool is_done = false;                   ///< its command is not run again
    std::string container = {};             ///< name, for people
    std::string folder = {};                ///< the container's own files
    std::vector<layers::Digest> base = {};  ///< diff IDs of what the container stands on
};

/// Fills a new layer with the container's own files. Throws Error where the stage is not what the container stands on:
/// something in front of the step has changed since.
void take_over(const ResumedStep& resumed, const StageState& state, const layers::StagedLayer& staged);

}  // namespace builder
