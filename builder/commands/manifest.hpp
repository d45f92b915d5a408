// The parts of `manifest`.
#pragma once

#include "builder/cli/command.hpp"

namespace builder {

Command manifest_add_command();
Command manifest_annotate_command();
Command manifest_create_command();
Command manifest_exists_command();
Command manifest_inspect_command();
Command manifest_push_command();
Command manifest_remove_command();
Command manifest_rm_command();

}  // namespace builder
