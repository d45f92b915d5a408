// The subcommands of debug; debug.cpp puts them together.
#pragma once

#include "builder/cli/command.hpp"

namespace builder {

Command debug_bundle_command();
Command debug_commands_command();
Command debug_manual_command();
Command debug_namespaces_command();
Command debug_parse_command();
Command debug_plan_command();
Command debug_expand_command();
Command debug_ignore_command();
Command debug_reference_command();
Command debug_resume_command();

}  // namespace builder
