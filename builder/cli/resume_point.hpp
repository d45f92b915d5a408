// Where a build stopped whose failed step is kept as a working container, and how it was started: for `debug resume`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "builder/cli/command.hpp"
#include "builder/containers/container_state.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/steps/resumed_step.hpp"

namespace builder {

struct ResumePoint {
    Words words;         ///< of the command line, behind `build`; passwords are left out
    std::string folder;  ///< where it was given
    std::size_t stage = 0;
    std::size_t step = 0;
};

/// The words without what --creds and --decryption-key say of passwords.
Words without_passwords(const Words& words);

/// What the build is told of a container whose resume point is known. Throws Error where it is in use: nothing may
/// write into it till the build has ended.
ResumedStep resumed_step(WorkingContainer& container, bool is_done);

/// It stands among the settings of the container.
void note_resume_point(const ResumePoint& point, ContainerState& state);
/// Nothing where the container is none of a failed step.
std::optional<ResumePoint> resume_point_of(const ContainerState& state);

}  // namespace builder
