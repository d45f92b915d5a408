// --on-error: what a build does when the command of a step fails.
#pragma once

#include <functional>
#include <string>

#include "builder/cli/resume_point.hpp"

namespace builder {

struct FailedBuild;

/// "fail", which gives nothing; "shell", which needs a terminal; "keep". Throws Error for another word, and for a shell
/// without a terminal. `close_progress` is called before anything else is told. A container that is kept remembers how
/// the build was started, for `debug resume`.
std::function<void(FailedBuild&)> on_error_handler(const std::string& wanted, std::function<void()> close_progress,
                                                   ResumePoint how_started = {});

}  // namespace builder
