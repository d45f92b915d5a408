// Files of /proc that would tell of this machine instead of the container: what is mounted, where files in memory lie.
#pragma once

#include <optional>

#include "runtime/emulated/mount_table.hpp"
#include "runtime/emulated/place.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime::emulated {

/// A file in memory with the text that is told in the place of such a file; nothing for all others. Throws Refusal.
std::optional<Fd> told_instead(const MountTable& mounts, const Place& place);

}  // namespace runtime::emulated
