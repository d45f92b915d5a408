// The root of a container and what is mounted into it besides the usual.
#pragma once

#include <string>

#include "runtime/container/isolation/setup_steps.hpp"
#include "runtime/sys/mounts.hpp"

namespace runtime {

/// Whether a file is the kernel's own word on processes, not a look-alike.
bool is_proc(const Fd& file);

/// Gives all files of a file system that is made for the container its label of SELinux, where it has one.
void give_label(FilesystemContext& files, const ContainerSpec& spec);

/// Attaches the root at the spec's mount point and opens it.
void mount_the_root(SetupState& state);

/// The place for a mount, made where it is missing and then noted.
Fd mount_place(SetupState& state, const std::string& path, bool is_folder = true);

/// A mount with its attributes, read-only for all below it where it is read-only, attached nowhere yet.
Fd make_mount_tree(SetupState& state, const MountSpec& mount);

/// Attaches all of them, in order.
void perform_mounts(SetupState& state);

}  // namespace runtime
