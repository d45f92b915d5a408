#include "overlay/copied_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <ctime>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "overlay/file_copy.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/hard_link.hpp"
#include "runtime/sys/ownership.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

bool is_earlier(const timespec& left, const timespec& right) noexcept {
    return std::pair(left.tv_sec, left.tv_nsec) < std::pair(right.tv_sec, right.tv_nsec);
}

class TreeCopy {
public:
    explicit TreeCopy(const LayeredView& tree) : tree_(tree) {}

    void copy(const MergedFolder& from, const Fd& to) {
        for (const std::string& name : tree_.list(from)) {
            const auto entry = tree_.child(from, name);
            if (!entry || S_ISSOCK(entry->status.st_mode)) continue;
            if (entry->folder)
                copy_folder(*entry->folder, to, name);
            else
                copy_leaf_or_stand_in(*entry->parent, entry->status, to, entry->name);
        }
        take_looks(*from.parts.front().folder, to);
    }

private:
    void copy_folder(const MergedFolder& from, const Fd& parent, const std::string& name) {
        if (::mkdirat(parent.get(), name.c_str(), 0700) != 0)
            throw SystemError("cannot make the folder {}", quoted(name));
        copy(from, runtime::open_at(parent, name, folder_flags));
    }

    const LayeredView& tree_;
};

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
        if (made_) take_looks(copied_, made_);
    }

private:
    UpperPlace* parent_ = nullptr;
    std::string name_;
    Fd made_;
    Fd copied_;
};

class ChangeCollector {
public:
    ChangeCollector(timespec since, const LayeredView& below, const std::string& upper, CopiedFiles files)
        : since_(since), below_(below), upper_(runtime::open_path(upper, O_RDONLY | O_DIRECTORY)), files_(files) {}

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
            else if (is_changed(*status) || !under)
                collect_file(place, entry.name, *status);
        }
        if (below) collect_deletions(place, *below);
    }

    void collect_folder(UpperPlace& parent, const std::string& name, const struct stat& status,
                        const std::optional<MergedEntry>& under) {
        UpperPlace place(parent, name, runtime::open_at(parent.copied(), name, folder_flags));
        const bool is_another = !under || !under->folder || was_born_since(place.copied());
        if (is_another || is_changed(status)) place.made();
        if (is_another && under && under->folder) make_opaque(place.made(), below_.marks());
        collect(place, is_another ? std::nullopt : under->folder);
        place.finish();
    }

    void collect_file(UpperPlace& place, const std::string& name, const struct stat& status) {
        if (is_whiteout(status)) return;
        const Fd& to = place.made();
        if (files_ == CopiedFiles::given_away &&
            ::linkat(place.copied().get(), name.c_str(), to.get(), name.c_str(), 0) == 0)
            return note_owner(to, name, status);
        if (status.st_nlink > 1) {
            const auto [known, is_first] =
                linked_.try_emplace({status.st_dev, status.st_ino}, (place.path() + "/" + name).substr(1));
            if (!is_first && runtime::link_beneath(upper_, known->second, to, name) == 0) return;
        }
        copy_leaf(place.copied(), status, to, name);
    }

    /// A note on a link or a special file is in its folder, and has not come along with the file.
    static void note_owner(const Fd& folder, const std::string& name, const struct stat& status) {
        if (!runtime::owners_are_aside() || S_ISREG(status.st_mode)) return;
        if (const int number = runtime::set_owner_at(folder, name, status.st_uid, status.st_gid); number != 0)
            throw SystemError(SystemError::Number{number}, "cannot set the owner of {}", quoted(name));
    }

    void collect_deletions(UpperPlace& place, const MergedFolder& below) {
        for (const std::string& name : below_.list(below)) {
            if (runtime::stat_at(place.copied(), name)) continue;
            const auto under = below_.child(below, name);
            // The copy never had a socket.
            if (under && !S_ISSOCK(under->status.st_mode)) make_whiteout(place.made(), name);
        }
    }

    bool is_changed(const struct stat& status) const noexcept { return !is_earlier(status.st_ctim, since_); }

    /// A folder that took the place of another one has a later time of birth. Where the file system keeps none, the
    /// two are compared by what is in them, which shows the same files by other means.
    bool was_born_since(const Fd& folder) const {
        struct statx status {};
        if (::statx(folder.get(), "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0) return false;
        if ((status.stx_mask & STATX_BTIME) == 0) return false;
        return !is_earlier({status.stx_btime.tv_sec, status.stx_btime.tv_nsec}, since_);
    }

    timespec since_;
    const LayeredView& below_;
    Fd upper_;
    CopiedFiles files_;
    std::map<std::pair<dev_t, ino_t>, std::string> linked_;
};

/// Writes a byte and reads the time at which the file system did that. Unlike the change time, renaming keeps it.
timespec touch(const Fd& file) {
    if (::pwrite(file.get(), "", 1, 0) != 1) throw SystemError("cannot write a marker");
    return runtime::stat_of(file).st_mtim;
}

}  // namespace

void copy_tree(const LayeredView& tree, const std::string& target) {
    TreeCopy(tree).copy(tree.root(), runtime::open_path(target, O_RDONLY | O_DIRECTORY));
}

timespec mark_moment(const std::string& marker) {
    const Fd file = runtime::open_path(marker, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const timespec before = touch(file);
    // The clock of a file system stands still between ticks of a few milliseconds.
    for (int tries = 0; tries < 10'000; ++tries) {
        if (const timespec now = touch(file); is_earlier(before, now)) return now;
        constexpr timespec pause{0, 500'000};
        ::nanosleep(&pause, nullptr);
    }
    throw runtime::Error("the clock of the file system of {} stands still", quoted(marker));
}

timespec moment_of(const std::string& marker) {
    return runtime::stat_of(runtime::open_path(marker, O_PATH)).st_mtim;
}

void collect_changes(const std::string& copy, timespec since, const LayeredView& below, const std::string& upper,
                     CopiedFiles files) {
    ChangeCollector(since, below, upper, files).run(copy);
}

}  // namespace overlay
