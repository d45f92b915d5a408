// How stacked folders become the root of a container on this host.
#pragma once

#include <string>

namespace overlay {

enum class Driver {
    overlayfs,  ///< the kernel stacks them
    copies,     ///< each container gets a copy, whose changes are found afterwards: slow, and needs nothing
};

/// Whether the kernel mounts an overlay in a folder; what it says against it, or an empty text. Makes and removes
/// a few folders in it, and mounts nothing that stays.
std::string refusal_of_overlayfs(const std::string& folder, bool user_xattrs);

}  // namespace overlay
