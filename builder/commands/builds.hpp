// The parts of `builds`.
#pragma once

#include "builder/cli/command.hpp"

namespace builder {

Command builds_ls_command();
Command builds_rm_command();
Command builds_show_command();
Command builds_trace_command();

}  // namespace builder
