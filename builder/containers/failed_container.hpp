// --on-error: what becomes of a RUN whose command failed.
#pragma once

#include <string>

#include "builder/engine/run/failed_build.hpp"
#include "layers/store/records.hpp"

namespace builder {

/// Runs an interactive shell where the step's command ran: on the files that it left, with its mounts, secrets and
/// variables, on the terminal of this program. What the shell changes is thrown away. The command is in the history of
/// shells that have one. Throws Error where the image has no shell.
void run_shell(FailedBuild& failed);

/// Makes a working container of it: an image of the stage before the step, and above it what the command left.
layers::ContainerRecord keep_failed(FailedBuild& failed);

}  // namespace builder
