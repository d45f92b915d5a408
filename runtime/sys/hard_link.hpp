// Second names for files, in trees that somebody may change at the same time.
#pragma once

#include <string>

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Gives a file below `root` a further name in a folder. No link is followed on the way to it, nor at its end. 0, or
/// the errno that says why not.
int link_beneath(const Fd& root, const std::string& path, const Fd& folder, const std::string& name) noexcept;

}  // namespace runtime
