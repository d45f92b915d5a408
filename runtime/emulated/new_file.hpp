// Whose a file is that a step has just made, and its mode, which may be one that would lock its true owner out.
#pragma once

#include <sys/stat.h>

#include "runtime/emulated/emulation.hpp"

namespace runtime::emulated {

/// The mode to make a file of this kind with, so that the true owner can always use it.
mode_t real_mode(mode_t kind, mode_t mode) noexcept;

/// Gives a new file to who made it, with the mode that it is to have, kind and bits. Throws Refusal.
void own_new_file(const Call& call, const Place& place, mode_t mode);
/// The same for a file without a name.
void own_temporary_file(const Call& call, const Fd& file, const Place& folder);

}  // namespace runtime::emulated
