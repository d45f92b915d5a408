// Who else may change a file while it is read.
#pragma once

#include "runtime/sys/fd.hpp"

namespace runtime {

/// Whether somebody has a file open for writing, which a shared mapping counts as. Such a mapping can change the file
/// without its times telling: they move with the first write to a page only, till the page is written out.
/// `file` is open for reading. False where this process may not ask (files of others), or the file system has no
/// leases.
bool has_writers(const Fd& file) noexcept;

}  // namespace runtime
