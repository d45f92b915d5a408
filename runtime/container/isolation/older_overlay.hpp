// Mounts of overlayfs by mount(2), for kernels that do not take the folders one by one (before Linux 6.7).
#pragma once

#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"

namespace runtime {

struct OlderOverlay {
    std::vector<std::string> lower_folders;  ///< the topmost first
    std::string upper_folder;                ///< empty: no changes
    std::string work_folder;
    std::string options;       ///< further ones, as mount(8) writes them, and no folder among them
    bool has_devices = false;  ///< device nodes work
};

/// Mounts it, attached nowhere. mount(2) can only attach, so that a short-lived process does it in a mount namespace of
/// its own; and that the options fit into a page, folders are named there by numbers of descriptors. Throws
/// SystemError.
Fd mount_older_overlay(const OlderOverlay& overlay);

}  // namespace runtime
