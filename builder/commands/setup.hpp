// The parts of `setup`.
#pragma once

#include "builder/cli/command.hpp"

namespace builder {

Command setup_podman_command();

}  // namespace builder
