// Where mounts may go. What the Containerfile or the image asks for must not take the place of /proc, /sys and /dev,
// nor of anything in them that keeps a step from the host (CVE-2019-16884, CVE-2019-19921, CVE-2023-27561,
// CVE-2025-31133).
#pragma once

#include <string>

#include "runtime/container/isolation/setup_steps.hpp"

namespace runtime {

/// /proc, /sys or /dev of the container's root, made where it is missing. Throws Error where the image has a link or a
/// file there: what is mounted would be somewhere else.
Fd standard_folder(const Fd& root, const std::string& name);

/// Throws Error where a mount may not go to this place of the root. `tree` is what is mounted; `is_new` says that
/// nothing was there before.
void check_mount_target(const SetupState& state, const MountSpec& mount, const Fd& tree, const Fd& place, bool is_new);

/// The same for a bundle, where the standard folders are made later, by an OCI runtime.
void check_bundle_target(const ContainerSpec& spec, const MountSpec& mount, const std::string& path);

/// A path to be masked or made read-only: in /proc and /sys below what was mounted there, wherever that is seen, else
/// in the root. Nothing where the host lacks it too; throws Error where only the container does.
std::optional<Fd> find_protected(const SetupState& state, const std::string& path);

}  // namespace runtime
