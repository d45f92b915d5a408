#include "runtime/container/root_mount.hpp"

#include <sys/mount.h>

#include <set>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"

namespace runtime {
namespace {

/// OVL_MAX_STACK of the kernel.
constexpr std::size_t most_lower_folders = 500;

}  // namespace

Fd mount_root(const RootSpec& root, const std::string& stub_folder) {
    if (!root.copy_folder.empty()) {
        Fd copy = clone_mount(open_path(root.copy_folder, O_PATH | O_DIRECTORY), false);
        if (!root.has_devices) set_mount_attributes(copy, MOUNT_ATTR_NODEV, false);
        return copy;
    }
    if (root.lower_folders.size() >= most_lower_folders)
        throw Error("the image has {} layers; the kernel stacks {} at most", root.lower_folders.size(),
                    most_lower_folders - 1)
            .with_hint("make the base image of fewer layers, for example with --squash");
    FilesystemContext overlay("overlay");
    overlay.set("source", "builder");
    // An image may have the same layer twice. The kernel takes a folder only once, and the upper one says it all: what
    // the lower one shows or hides, it shows or hides again.
    std::set<std::string_view> stacked;
    for (const std::string& folder : root.lower_folders)
        if (stacked.insert(folder).second) overlay.set("lowerdir+", folder);
    overlay.set("lowerdir+", stub_folder);
    if (!root.upper_folder.empty()) {
        overlay.set("upperdir", root.upper_folder).set("workdir", root.work_folder);
        overlay.set_flag("volatile");
    }
    // A layer must mean the same wherever it is stacked later: no redirects, no metadata-only copies, no index.
    overlay.set("redirect_dir", "nofollow").set("metacopy", "off").set("index", "off");
    overlay.try_set("uuid", "null");
    if (root.user_xattrs) overlay.set_flag("userxattr");
    return overlay.mount(root.has_devices ? 0U : MOUNT_ATTR_NODEV);
}

}  // namespace runtime
