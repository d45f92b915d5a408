#include "overlay/copied_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "overlay/file_copy.hpp"
#include "overlay/link_copies.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/xattr.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

class TreeCopy {
public:
    TreeCopy(const LayeredView& tree, const Fd& target) : tree_(tree), target_(target), links_(target) {}

    void run() { copy(tree_.root(), target_, ""); }

private:
    void copy(const MergedFolder& from, const Fd& to, const std::string& path) {
        for (const std::string& name : tree_.list(from)) {
            const auto entry = tree_.child(from, name);
            if (!entry || S_ISSOCK(entry->status.st_mode)) continue;
            if (entry->folder)
                copy_folder(*entry->folder, to, path, name);
            else if (!links_.link(entry->status, to, path, name))
                copy_leaf_or_stand_in(*entry->parent, entry->status, to, entry->name);
        }
        copy_metadata(*from.parts.front().folder, to);
    }

    void copy_folder(const MergedFolder& from, const Fd& parent, const std::string& path, const std::string& name) {
        const runtime::WalkLevel level;
        if (::mkdirat(parent.get(), name.c_str(), 0700) != 0)
            throw SystemError("cannot make the folder {}", quoted(name));
        copy(from, runtime::open_at(parent, name, folder_flags), path.empty() ? name : path + "/" + name);
    }

    const LayeredView& tree_;
    const Fd& target_;
    LinkCopies links_;
};

std::string_view read_piece(const Fd& file, off_t offset, std::vector<char>& buffer) {
    const ssize_t count = ::pread(file.get(), buffer.data(), buffer.size(), offset);
    if (count < 0) throw SystemError("cannot read a file of a layer");
    return {buffer.data(), static_cast<std::size_t>(count)};
}

/// Reads two files side by side. Both are on a disk, where only the end of a file makes a piece short.
bool have_same_content(const Fd& one, const Fd& other) {
    std::vector<char> left(128 * 1024);
    std::vector<char> right(left.size());
    for (off_t offset = 0;;) {
        const std::string_view piece = read_piece(one, offset, left);
        if (piece != read_piece(other, offset, right)) return false;
        if (piece.empty()) return true;
        offset += static_cast<off_t>(piece.size());
    }
}

/// A folder of the upper folder that is made when something has to go into it.
class UpperPlace {
public:
    UpperPlace(Fd made, Fd copied) : made_(std::move(made)), copied_(std::move(copied)) {}
    UpperPlace(UpperPlace& parent, std::string name, Fd copied)
        : parent_(&parent), name_(std::move(name)), copied_(std::move(copied)) {}

    const Fd& copied() const noexcept { return copied_; }
    /// A path below the upper folder, with a slash in front of each name.
    std::string path() const { return parent_ == nullptr ? "" : parent_->path() + "/" + name_; }
    const Fd& made() {
        if (made_) return made_;
        const Fd& parent = parent_->made();
        if (::mkdirat(parent.get(), name_.c_str(), 0700) != 0)
            throw SystemError("cannot make the folder {}", quoted(name_));
        return made_ = runtime::open_at(parent, name_, folder_flags);
    }
    /// After everything has gone into it.
    void finish() const {
        if (made_) copy_metadata(copied_, made_);
    }

private:
    UpperPlace* parent_ = nullptr;
    std::string name_;
    Fd made_;
    Fd copied_;
};

class ChangeCollector {
public:
    ChangeCollector(const CopyMoment& moment, const LayeredView& below, const std::string& upper, CopiedFiles files)
        : moment_(moment),
          below_(below),
          upper_(runtime::open_path(upper, O_RDONLY | O_DIRECTORY)),
          files_(files),
          links_(upper_) {}

    void run(const std::string& copy) {
        UpperPlace root(upper_.duplicate(), runtime::open_path(copy, O_RDONLY | O_DIRECTORY));
        collect(root, below_.root());
        root.finish();
    }

private:
    void collect(UpperPlace& place, const std::optional<MergedFolder>& below) {
        const runtime::WalkLevel level;
        const std::vector<runtime::FolderEntry> entries = runtime::list_folder(place.copied());
        for (const runtime::FolderEntry& entry : entries) {
            const auto status = runtime::stat_at(place.copied(), entry.name);
            if (!status || S_ISSOCK(status->st_mode)) continue;
            const auto under = below ? below_.child(*below, entry.name) : std::nullopt;
            if (S_ISDIR(status->st_mode))
                collect_folder(place, entry.name, *status, under);
            else if (!under || is_changed(place, entry.name, *status, *under))
                collect_file(place, entry.name, *status);
        }
        if (below) collect_deletions(place, *below);
    }

    void collect_folder(UpperPlace& parent, const std::string& name, const struct stat& status,
                        const std::optional<MergedEntry>& under) {
        UpperPlace place(parent, name, runtime::open_at(parent.copied(), name, folder_flags));
        const bool is_another =
            !under || !under->folder || !moment_.is_same_folder(place.path(), status) || was_born_since(place.copied());
        if (is_another || moment_.is_changed(status)) place.made();
        if (is_another && under && under->folder) make_opaque(place.made(), below_.marks());
        collect(place, is_another ? std::nullopt : under->folder);
        place.finish();
    }

    void collect_file(UpperPlace& place, const std::string& name, const struct stat& status) {
        if (is_whiteout(status)) return;
        const Fd& to = place.made();
        if (files_ == CopiedFiles::given_away &&
            ::linkat(place.copied().get(), name.c_str(), to.get(), name.c_str(), 0) == 0)
            return note_owner_of_name(to, name, status);
        if (!links_.link(status, to, place.path().empty() ? "" : place.path().substr(1), name))
            copy_leaf(place.copied(), status, to, name);
    }

    void collect_deletions(UpperPlace& place, const MergedFolder& below) {
        for (const std::string& name : below_.list(below)) {
            if (runtime::stat_at(place.copied(), name)) continue;
            const auto under = below_.child(below, name);
            // The copy never had a socket.
            if (under && !S_ISSOCK(under->status.st_mode)) make_whiteout(place.made(), name);
        }
    }

    /// A file with several names changes its time when one of them goes, which makes no other file of it. Where one
    /// came, all of them are in the layer, as names of one file.
    bool is_changed(const UpperPlace& place, const std::string& name, const struct stat& status,
                    const MergedEntry& under) const {
        if (!moment_.is_changed(status)) return false;
        const nlink_t names = moment_.names_of(status);
        return names == 0 || status.st_nlink > names || !is_as_below(place, name, status, under);
    }

    bool is_as_below(const UpperPlace& place, const std::string& name, const struct stat& status,
                     const MergedEntry& under) const {
        const struct stat& below = under.status;
        if (status.st_mode != below.st_mode || status.st_uid != below.st_uid || status.st_gid != below.st_gid ||
            status.st_size != below.st_size || status.st_mtim.tv_sec != below.st_mtim.tv_sec ||
            status.st_mtim.tv_nsec != below.st_mtim.tv_nsec)
            return false;
        if (runtime::read_xattrs_at(place.copied(), name) != runtime::read_xattrs_at(*under.parent, under.name))
            return false;
        return !S_ISREG(status.st_mode) ||
               have_same_content(runtime::open_at(place.copied(), name, O_RDONLY | O_NOFOLLOW),
                                 below_.open_file(under));
    }

    /// A folder that took the place of another one has a later time of birth, where the file system keeps one; its
    /// inode may be that of the other one again.
    bool was_born_since(const Fd& folder) const {
        struct statx status {};
        if (::statx(folder.get(), "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0) return false;
        if ((status.stx_mask & STATX_BTIME) == 0) return false;
        const timespec born{status.stx_btime.tv_sec, status.stx_btime.tv_nsec};
        const timespec& since = moment_.since();
        return std::pair(born.tv_sec, born.tv_nsec) >= std::pair(since.tv_sec, since.tv_nsec);
    }

    const CopyMoment& moment_;
    const LayeredView& below_;
    Fd upper_;
    CopiedFiles files_;
    LinkCopies links_;
};

}  // namespace

void copy_tree(const LayeredView& tree, const std::string& target) {
    const Fd folder = runtime::open_path(target, O_RDONLY | O_DIRECTORY);
    TreeCopy(tree, folder).run();
}

void collect_changes(const std::string& copy, const CopyMoment& moment, const LayeredView& below,
                     const std::string& upper, CopiedFiles files) {
    ChangeCollector(moment, below, upper, files).run(copy);
}

}  // namespace overlay
