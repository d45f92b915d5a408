// --secret of build: where the value of a secret comes from.
#pragma once

#include <string>

#include "builder/engine/run/build_image.hpp"

namespace builder {

/// Adds what a --secret asks for to the request: "id=ID" with "src=FILE", "env=NAME", or "type=env,src=NAME". With the
/// ID alone it is the variable of that name, else the file, and of `type` the one that it says. With scan=false the
/// image may hold it. Throws Error.
void add_secret(const std::string& text, BuildImageRequest& request, const runtime::StopSource& stop);

}  // namespace builder
