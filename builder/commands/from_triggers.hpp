// ONBUILD: what an image says is to be done first by whoever builds on it.
#pragma once

#include <string>

#include "builder/cli/command_context.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// Does it all in a container that was made from the image, one after the other; the container's images have no
/// triggers then. What is no instruction is warned of and left out. Quiet: RUN prints nothing on standard output.
/// Throws Error where one fails.
void run_triggers(Context& context, const layers::ContainerRecord& container, bool is_quiet);

}  // namespace builder
