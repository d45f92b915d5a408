#include "runtime/container/isolation/root_mount.hpp"

#include <sys/mount.h>

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/container/isolation/older_overlay.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"

namespace runtime {
namespace {

/// OVL_MAX_STACK of the kernel.
constexpr std::size_t most_lower_folders = 500;

/// An image may have the same layer twice. The kernel takes a folder only once, and the upper one says it all: what the
/// lower one shows or hides, it shows or hides again.
std::vector<std::string> different_folders(const RootSpec& root, const std::string& stub_folder) {
    std::set<std::string_view> seen;
    std::vector<std::string> folders;
    for (const std::string& folder : root.lower_folders)
        if (seen.insert(folder).second) folders.push_back(folder);
    folders.push_back(stub_folder);
    return folders;
}

// In both ways a layer must mean the same wherever it is stacked later: no redirects, no metadata-only copies, no
// index.

/// The way of Linux 6.7 and later, each folder an option of its own; nothing where this kernel is older.
std::optional<Fd> mount_stacked(const RootSpec& root, const std::vector<std::string>& folders,
                                const std::string& label) {
    FilesystemContext overlay("overlay");
    // The oldest take down every word, to look at it when the file system is made.
    if (!overlay.refuses_at_once("no-such-flag") || !overlay.try_set("lowerdir+", folders.front())) return std::nullopt;
    for (std::size_t i = 1; i < folders.size(); ++i) overlay.set("lowerdir+", folders[i]);
    overlay.set("source", "builder");
    if (!root.upper_folder.empty()) {
        overlay.set("upperdir", root.upper_folder).set("workdir", root.work_folder);
        overlay.set_flag("volatile");
    }
    overlay.set("redirect_dir", "nofollow").set("metacopy", "off").set("index", "off");
    overlay.try_set("uuid", "null");
    if (root.user_xattrs) overlay.set_flag("userxattr");
    if (!label.empty()) overlay.set("context", label);
    return overlay.mount(root.has_devices ? 0U : MOUNT_ATTR_NODEV);
}

Fd mount_by_options(const RootSpec& root, const std::vector<std::string>& folders, const std::string& label) {
    std::string options = "redirect_dir=nofollow,metacopy=off,index=off";
    if (!root.upper_folder.empty()) options += ",volatile";
    if (root.user_xattrs) options += ",userxattr";
    // A level has a comma.
    if (!label.empty()) options += fmt::format(",context=\"{}\"", label);
    return mount_older_overlay({folders, root.upper_folder, root.work_folder, options, root.has_devices});
}

}  // namespace

Fd mount_root(const RootSpec& root, const std::string& stub_folder, const std::string& label) {
    if (!root.copy_folder.empty()) {
        Fd copy = clone_mount(open_path(root.copy_folder, O_PATH | O_DIRECTORY), false);
        if (!root.has_devices) set_mount_attributes(copy, MOUNT_ATTR_NODEV, false);
        return copy;
    }
    if (root.lower_folders.size() >= most_lower_folders)
        throw Error("the image has {} layers; the kernel stacks {} at most", root.lower_folders.size(),
                    most_lower_folders - 1)
            .with_hint("make the base image of fewer layers, for example with --squash");
    const std::vector<std::string> folders = different_folders(root, stub_folder);
    if (std::optional<Fd> mount = mount_stacked(root, folders, label)) return *std::move(mount);
    return mount_by_options(root, folders, label);
}

}  // namespace runtime
