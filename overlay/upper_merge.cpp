#include "overlay/upper_merge.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <map>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/xattr.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

/// A folder of one of the parts.
struct PartFolder {
    std::size_t part;
    Fd folder;
};

class UpperMerge {
public:
    UpperMerge(const std::vector<UpperPart>& uppers, const LayeredView& below, const std::string& target)
        : uppers_(uppers), below_(below), target_(runtime::open_path(target, O_RDONLY | O_DIRECTORY)) {}

    void run() {
        std::vector<PartFolder> roots;
        for (std::size_t i = 0; i < uppers_.size(); ++i)
            roots.push_back({i, runtime::open_path(uppers_[i].path, O_RDONLY | O_DIRECTORY)});
        merge(roots, below_.root(), target_, "");
        if (!roots.empty()) take_looks(roots.front().folder, target_);
    }

private:
    void merge(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below, const Fd& target,
               const std::string& path);
    void merge_name(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below, const Fd& target,
                    const std::string& path, const std::string& name);
    void merge_subfolder(const std::vector<PartFolder>& parts, std::size_t first,
                         const std::optional<MergedEntry>& below, const Fd& target, const std::string& path,
                         const std::string& name);
    void put_leaf(const PartFolder& from, const struct stat& status, const Fd& target, const std::string& path,
                  const std::string& name);
    void copy_leaf(const PartFolder& from, const struct stat& status, const Fd& target, const std::string& name);
    static void take_looks(const Fd& from, const Fd& to);

    const std::vector<UpperPart>& uppers_;
    const LayeredView& below_;
    Fd target_;
    /// Where the first name of a file with several went: part, device and inode to a path below the target.
    std::map<std::array<std::uint64_t, 3>, std::string> linked_;
};

void copy_xattrs(const Fd& from, const std::string& name, const Fd& to) {
    for (const auto& [xattr, value] : runtime::read_xattrs_at(from, name))
        if (!is_overlay_xattr(xattr)) runtime::set_xattr_at(to, name, xattr, value);
}

void copy_content(const Fd& from, const Fd& to, const std::string& name) {
    if (::ioctl(to.get(), FICLONE, from.get()) == 0) return;
    for (;;) {
        const ssize_t count = ::sendfile(to.get(), from.get(), nullptr, 1U << 30);
        if (count == 0) return;
        if (count < 0 && errno != EINTR) throw SystemError("cannot copy the file {}", quoted(name));
    }
}

void UpperMerge::take_looks(const Fd& from, const Fd& to) {
    const struct stat status = runtime::stat_of(from);
    for (const auto& [xattr, value] : runtime::read_xattrs(from))
        if (!is_overlay_xattr(xattr)) runtime::set_xattr_at(to, ".", xattr, value);
    const std::array times = {status.st_atim, status.st_mtim};
    if (::fchown(to.get(), status.st_uid, status.st_gid) != 0 || ::fchmod(to.get(), status.st_mode & 07777) != 0 ||
        ::futimens(to.get(), times.data()) != 0)
        throw SystemError("cannot set owner, mode and times of a folder");
}

void UpperMerge::merge(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below, const Fd& target,
                       const std::string& path) {
    std::set<std::string> names;
    for (const PartFolder& part : parts)
        for (runtime::FolderEntry& entry : runtime::list_folder(part.folder)) names.insert(std::move(entry.name));
    for (const std::string& name : names) merge_name(parts, below, target, path, name);
}

void UpperMerge::merge_name(const std::vector<PartFolder>& parts, const std::optional<MergedFolder>& below,
                            const Fd& target, const std::string& path, const std::string& name) {
    const std::optional<MergedEntry> under = below ? below_.child(*below, name) : std::nullopt;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto status = runtime::stat_at(parts[i].folder, name);
        if (!status) continue;
        if (is_whiteout(*status)) {
            if (under) make_whiteout(target, name);
        } else if (S_ISDIR(status->st_mode)) {
            merge_subfolder(parts, i, under, target, path + "/" + name, name);
        } else {
            put_leaf(parts[i], *status, target, path + "/" + name, name);
        }
        return;
    }
}

/// The folders of that name, from the topmost down to the one that hides what is below it.
void UpperMerge::merge_subfolder(const std::vector<PartFolder>& parts, std::size_t first,
                                 const std::optional<MergedEntry>& below, const Fd& target, const std::string& path,
                                 const std::string& name) {
    std::vector<PartFolder> folders;
    bool hides_below = false;
    for (std::size_t i = first; i < parts.size() && !hides_below; ++i) {
        const auto status = runtime::stat_at(parts[i].folder, name);
        if (!status) continue;
        hides_below = !S_ISDIR(status->st_mode);
        if (hides_below) break;
        folders.push_back(
            {parts[i].part, runtime::open_at(parts[i].folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)});
        hides_below = is_opaque(folders.back().folder, below_.marks());
    }
    if (::mkdirat(target.get(), name.c_str(), 0700) != 0) throw SystemError("cannot make the folder {}", quoted(name));
    const Fd made = runtime::open_at(target, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const bool is_merged = below && below->folder && !hides_below;
    merge(folders, is_merged ? below->folder : std::nullopt, made, path);
    if (below && below->folder && hides_below) make_opaque(made, below_.marks());
    take_looks(folders.front().folder, made);
}

void UpperMerge::put_leaf(const PartFolder& from, const struct stat& status, const Fd& target, const std::string& path,
                          const std::string& name) {
    const bool is_final = uppers_[from.part].is_final;
    if (is_final && ::linkat(from.folder.get(), name.c_str(), target.get(), name.c_str(), 0) == 0) return;
    if (status.st_nlink > 1) {
        const auto [known, is_first] = linked_.try_emplace({from.part, status.st_dev, status.st_ino}, path);
        const std::string first = "." + known->second;
        if (!is_first && ::linkat(target_.get(), first.c_str(), target.get(), name.c_str(), 0) == 0) return;
    }
    copy_leaf(from, status, target, name);
}

void UpperMerge::copy_leaf(const PartFolder& from, const struct stat& status, const Fd& target,
                           const std::string& name) {
    if (S_ISREG(status.st_mode)) {
        const Fd source = runtime::open_at(from.folder, name, O_RDONLY | O_NOFOLLOW);
        const Fd copy = runtime::open_at(target, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        copy_content(source, copy, name);
    } else if (S_ISLNK(status.st_mode)) {
        std::string text(static_cast<std::size_t>(status.st_size) + 1, '\0');
        const ssize_t length = ::readlinkat(from.folder.get(), name.c_str(), text.data(), text.size());
        if (length < 0) throw SystemError("cannot read the link {}", quoted(name));
        text.resize(static_cast<std::size_t>(length));
        if (::symlinkat(text.c_str(), target.get(), name.c_str()) != 0)
            throw SystemError("cannot make the link {}", quoted(name));
    } else if (::mknodat(target.get(), name.c_str(), status.st_mode, status.st_rdev) != 0) {
        throw SystemError("cannot make {}", quoted(name));
    }
    const std::array times = {status.st_atim, status.st_mtim};
    if (::fchownat(target.get(), name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
        throw SystemError("cannot set the owner of {}", quoted(name));
    if (!S_ISLNK(status.st_mode) && ::fchmodat(target.get(), name.c_str(), status.st_mode & 07777, 0) != 0)
        throw SystemError("cannot set the mode of {}", quoted(name));
    copy_xattrs(from.folder, name, target);
    if (::utimensat(target.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        throw SystemError("cannot set the times of {}", quoted(name));
}

}  // namespace

void merge_uppers(const std::vector<UpperPart>& uppers, const LayeredView& below, const std::string& target) {
    UpperMerge(uppers, below, target).run();
}

}  // namespace overlay
