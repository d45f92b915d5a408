// The limits of [store] in builder.toml, held by every command that wrote to the store.
#pragma once

#include "builder/cli/command_context.hpp"

namespace builder {

/// Removes what is over the limits, if there are any and the command changed something. The command has done its work
/// by then: what fails here is a warning on stderr.
void keep_store_limits(Context& context) noexcept;

}  // namespace builder
