// What a copy of stacked folders was like at the moment from which on changes count.
#pragma once

#include <sys/stat.h>

#include <map>
#include <string>

namespace overlay {

/// A moment on the clock of the file system: everything that was done before has an earlier change time, everything
/// done after mark() returned has this one or a later one. Some things do not show in times: a folder that is renamed
/// keeps what is in it as it was, and a file with several names changes its time when one of them goes.
class CopyMoment {
public:
    /// Notes the moment for the tree in the folder `copy`. `marker` is a file that is made for it, on the same file
    /// system; it may be renamed. Throws Error.
    static CopyMoment mark(const std::string& copy, const std::string& marker);
    /// The moment that a marker stands for.
    static CopyMoment read(const std::string& marker);

    const timespec& since() const noexcept { return since_; }
    bool is_changed(const struct stat& status) const noexcept;
    /// Whether the folder at a path, with a slash in front, is the one that was there.
    bool is_same_folder(const std::string& path, const struct stat& status) const;
    /// How many names the file had, where that were more than one; else 0.
    nlink_t names_of(const struct stat& status) const;

private:
    timespec since_{};
    std::map<std::string, ino_t> folders_;
    std::map<ino_t, nlink_t> linked_files_;
};

}  // namespace overlay
