// Permissions of new files: the store's do not depend on the caller's umask, the caller's own files do.
#pragma once

#include <sys/types.h>

namespace runtime {

/// Sets the umask of this process to 022, and remembers the caller's. Once, in main(), before any file is made: with
/// the umask of a careful user (077), root folders of images would be closed to the users in them.
void replace_umask();

/// Gives the caller's umask back, for a program that takes this process's place (builder unshare).
void restore_umask();

/// The mode of a file or folder that the caller asked for (an archive, --iidfile, -o): without what the caller's umask
/// takes away.
mode_t output_mode(mode_t mode) noexcept;

}  // namespace runtime
