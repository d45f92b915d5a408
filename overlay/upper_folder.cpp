#include "overlay/upper_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/temp_folder.hpp"
#include "runtime/sys/xattr.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

void copy_xattrs(const MergedEntry& from, const Fd& parent, const std::string& name) {
    for (const auto& [xattr, value] : runtime::read_xattrs_at(*from.parent, from.name))
        if (!is_overlay_xattr(xattr)) runtime::set_xattr_at(parent, name, xattr, value);
}

void set_owner_and_mode(const Fd& folder, uid_t uid, gid_t gid, mode_t mode) {
    if (const int number = runtime::set_owner(folder, uid, gid); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the owner of a folder");
    if (const int number = runtime::set_mode(folder, mode & 07777); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the mode of a folder");
}

/// Makes a folder of the upper folder look like the one below it, as overlayfs does when it copies one up.
void copy_metadata(const MergedEntry& below, const Fd& made, const Fd& parent, const std::string& name) {
    set_owner_and_mode(made, below.status.st_uid, below.status.st_gid, below.status.st_mode);
    copy_xattrs(below, parent, name);
    const std::array times = {below.status.st_atim, below.status.st_mtim};
    if (::futimens(made.get(), times.data()) != 0) throw SystemError("cannot set the times of a folder");
}

}  // namespace

UpperFolder::UpperFolder(const std::string& upper_path, const LayeredView& below_view, UpperState state)
    : marks_(below_view.marks()),
      lower_view_(below_view),
      view_(below_view, upper_path),
      upper_(runtime::open_path(upper_path, O_RDONLY | O_DIRECTORY)) {
    if (state == UpperState::kept || lower_view_.root().parts.empty()) return;
    const struct stat below = lower_view_.resolve("/").entry->status;
    set_owner_and_mode(upper_, below.st_uid, below.st_gid, below.st_mode);
}

/// Opens a folder of the upper folder, or makes it: as the one below it looks, else as `fresh` says.
Fd UpperFolder::step_into(const Fd& parent, const std::optional<MergedEntry>& below, const std::string& path,
                          const NewFolder& fresh) {
    const std::string name = path.substr(path.rfind('/') + 1);
    Fd there(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (there) return there;
    const auto status = errno == ENOTDIR ? runtime::stat_at(parent, name) : std::nullopt;
    const bool was_deleted = status && is_whiteout(*status);
    if (errno != ENOENT && !was_deleted) throw SystemError("cannot open the folder {}", quoted(name));
    if (was_deleted) ::unlinkat(parent.get(), name.c_str(), 0);
    changed_ = true;
    if (::mkdirat(parent.get(), name.c_str(), 0700) != 0) throw SystemError("cannot make the folder {}", quoted(name));
    Fd made = runtime::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (below && !was_deleted) {
        copy_metadata(*below, made, parent, name);
        made_.push_back({path, below->status.st_mtim});
        return made;
    }
    made_.push_back({path, std::nullopt});
    set_owner_and_mode(made, fresh.uid, fresh.gid, fresh.mode);
    if (below) make_opaque(made, marks_);
    return made;
}

Fd UpperFolder::open_folder(const std::string& resolved_path, const NewFolder& fresh) {
    Fd folder = upper_.duplicate();
    std::optional<MergedFolder> below = lower_view_.root();
    std::string path;
    for (const std::string& name : path_names(resolved_path)) {
        path += (path.empty() ? "" : "/") + name;
        std::optional<MergedEntry> entry = below ? lower_view_.child(*below, name) : std::nullopt;
        if (entry && !entry->folder) entry.reset();
        folder = step_into(folder, entry, path, fresh);
        below = entry && !is_opaque(folder, marks_) ? std::move(entry->folder) : std::nullopt;
    }
    return folder;
}

void UpperFolder::remove(const std::string& resolved_folder, const std::string& name) {
    const Fd folder = open_folder(resolved_folder, {});
    runtime::remove_tree_at(folder, name);
    const auto below = lower_view_.find(resolved_folder + "/" + name, false);
    if (below) make_whiteout(folder, name);
    changed_ = true;
}

}  // namespace overlay
