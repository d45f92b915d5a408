#include "builder/steps/mount_points.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <set>
#include <string>

#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/path_in_root.hpp"

namespace builder {
namespace {

using runtime::Fd;

/// The stub below all layers has these, so that a container has them whatever its image has. See make_stub_folder().
bool is_as_in_stub(const std::string& path, const struct stat& status) {
    const bool is_its = path == "/run" || path == "/etc";
    return is_its && (status.st_mode & 07777) == 0755 && status.st_uid == ::geteuid() && status.st_gid == ::getegid();
}

/// Whether a folder of the upper folder says nothing: it is empty and looks like the one below it.
bool says_nothing(const Fd& folder, const overlay::LayeredView& below, const std::string& path) {
    if (!runtime::list_folder(folder).empty() || overlay::is_opaque(folder, overlay::store_marks())) return false;
    const auto under = below.find(path, false);
    const struct stat status = runtime::stat_of(folder);
    if (!under) return is_as_in_stub(path, status);
    if (!under->is_folder()) return false;
    return status.st_mode == under->status.st_mode && status.st_uid == under->status.st_uid &&
           status.st_gid == under->status.st_gid;
}

/// False where it is in use, or the command has filled it or closed the folder to its maker. Any other error is one:
/// what stays would be taken for the command's work.
bool remove(const Fd& parent, const std::string& name, int flags) {
    if (::unlinkat(parent.get(), name.c_str(), flags) == 0) return true;
    for (const int expected : {ENOTEMPTY, EEXIST, EBUSY, ENOENT, EACCES, EPERM})
        if (errno == expected) return false;
    throw runtime::SystemError("cannot remove {}, which was made to mount something on", runtime::quoted(name));
}

void remove_empty_parents(const Fd& upper, const overlay::LayeredView& below, std::string path) {
    for (auto slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/')) {
        path.erase(slash);
        const auto folder = runtime::open_in_root_if_exists(upper, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (!folder || !says_nothing(*folder, below, path)) return;
        const auto parent_slash = path.rfind('/');
        const Fd parent = runtime::open_in_root(upper, path.substr(0, parent_slash), O_RDONLY | O_DIRECTORY);
        if (!remove(parent, path.substr(parent_slash + 1), AT_REMOVEDIR)) return;
    }
}

/// What the command made of it since, it keeps: a file that got content, a folder that got files.
bool remove_if_empty(const Fd& parent, const std::string& name, const struct stat& status) {
    const bool is_folder = S_ISDIR(status.st_mode);
    if (!is_folder && (!S_ISREG(status.st_mode) || status.st_size > 0)) return false;
    return remove(parent, name, is_folder ? AT_REMOVEDIR : 0);
}

/// Points that are not where they were made: the command has renamed a folder above them.
void remove_moved(const Fd& upper, const std::set<std::uint64_t>& inodes) {
    if (inodes.empty()) return;
    runtime::visit_tree(upper, [&](const Fd& parent, const runtime::FolderEntry& entry) {
        const auto status = runtime::stat_at(parent, entry.name);
        if (status && inodes.contains(status->st_ino)) remove_if_empty(parent, entry.name, *status);
    });
}

}  // namespace

void remove_mount_points(const Fd& upper, const std::vector<runtime::MadePath>& made,
                         const overlay::LayeredView& below) {
    std::set<std::uint64_t> moved;
    for (auto point = made.rbegin(); point != made.rend(); ++point) {
        const auto slash = point->path.rfind('/');
        const auto parent =
            runtime::open_in_root_if_exists(upper, point->path.substr(0, slash), O_RDONLY | O_DIRECTORY);
        const std::string name = point->path.substr(slash + 1);
        const auto status = parent ? runtime::stat_at(*parent, name) : std::nullopt;
        if (!status || status->st_ino != point->inode) moved.insert(point->inode);
        if (!status || S_ISDIR(status->st_mode) != point->is_folder) continue;
        if (remove_if_empty(*parent, name, *status)) remove_empty_parents(upper, below, point->path);
    }
    remove_moved(upper, moved);
}

void remove_mount_points_in(const Fd& folder, const std::string& target, const std::vector<runtime::MadePath>& made) {
    for (auto point = made.rbegin(); point != made.rend(); ++point) {
        if (!point->path.starts_with(target + "/")) continue;
        const std::string path = point->path.substr(target.size());
        const auto slash = path.rfind('/');
        const auto parent = runtime::open_in_root_if_exists(folder, path.substr(0, slash), O_RDONLY | O_DIRECTORY);
        const std::string name = path.substr(slash + 1);
        const auto status = parent ? runtime::stat_at(*parent, name) : std::nullopt;
        if (status && status->st_ino == point->inode) remove_if_empty(*parent, name, *status);
    }
}

}  // namespace builder
