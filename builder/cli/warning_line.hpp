// A warning in the form that Buildah gives it, and that scripts look for.
#pragma once

#include <string>
#include <string_view>

namespace builder {

/// `time="2026-11-28T00:57:24Z" level=warning msg="..."` with its end.
std::string warning_line(std::string_view text);

}  // namespace builder
