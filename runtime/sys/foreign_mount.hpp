// Mounts of other mount namespaces.
#pragma once

#include "runtime/sys/fd.hpp"

namespace runtime {

/// A detached copy of the mount that a place lies on, without what is mounted below it. The place was opened through
/// /proc/PID/root, say, and `mount_namespace` is the one it is in: the kernel copies only mounts of the caller's own,
/// so that a short-lived process goes there. Throws SystemError: EPERM where it may not.
Fd clone_foreign_mount(const Fd& mount_namespace, const Fd& place);

}  // namespace runtime
