// Where a build stopped whose failed step is kept as a working container, and how it was started: for `debug resume`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "builder/cli/command_context.hpp"
#include "builder/containers/container_state.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/steps/resumed_step.hpp"

namespace builder {

struct ResumePoint {
    Words global_words;  ///< in front of `build`
    Words words;         ///< behind it; passwords are left out
    std::string folder;  ///< where it was given
    std::size_t stage = 0;
    std::size_t step = 0;
    std::string text;      ///< of the step
    std::string platform;  ///< of its stage
};

/// How this program was started. The folder may be gone: then it is empty, and nothing can go on there.
ResumePoint how_started(const Context& context);

/// The words without --creds and --decryption-key, arguments that name proxies, and user and password of addresses.
Words without_passwords(const Words& words);

/// What the build is told of a container whose resume point is known. Throws Error where it is in use: nothing may
/// write into it till the build has ended.
ResumedStep resumed_step(WorkingContainer& container, bool is_done);

/// It stands among the settings of the container.
void note_resume_point(const ResumePoint& point, ContainerState& state);
/// Nothing where the container is none of a failed step.
std::optional<ResumePoint> resume_point_of(const ContainerState& state);

}  // namespace builder
