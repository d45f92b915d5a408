// /proc, /sys and /dev of a container, and what is hidden or read-only in them. Steps of setup_steps().
#pragma once

#include "runtime/container/isolation/setup_steps.hpp"

namespace runtime {

/// Each mounts from a detached tree, on a folder of that name in the root; see standard_folder(). With
/// Isolation::chroot /proc and /sys are the host's.
void mount_proc(SetupState& state);
void mount_sys(SetupState& state);
void mount_dev(SetupState& state);

/// Hides the masked paths: an empty read-only folder over a folder, the null device over anything else; with
/// Isolation::chroot also what other file systems the host's /sys has. To be called when everything else is mounted.
void mask_paths(SetupState& state);
void protect_paths(SetupState& state);

/// With Isolation::chroot: a user's processes may write into the folders of each other there, for example who is killed
/// first when memory is short. To be called when nothing is left to be written there by builder. Does nothing where no
/// path is to be read-only.
void close_proc_of_host(SetupState& state);

}  // namespace runtime
