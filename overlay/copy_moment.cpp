#include "overlay/copy_moment.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <limits>
#include <string_view>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

bool is_earlier(const timespec& left, const timespec& right) noexcept {
    return std::pair(left.tv_sec, left.tv_nsec) < std::pair(right.tv_sec, right.tv_nsec);
}

/// Writes a byte and reads the time at which the file system did that. Unlike the change time, renaming keeps it.
timespec touch(const Fd& file) {
    if (::pwrite(file.get(), "", 1, 0) != 1) throw SystemError("cannot write a marker");
    return runtime::stat_of(file).st_mtim;
}

timespec next_tick(const Fd& file, const std::string& marker) {
    const timespec before = touch(file);
    // The clock of a file system stands still between ticks of a few milliseconds.
    for (int tries = 0; tries < 10'000; ++tries) {
        if (const timespec now = touch(file); is_earlier(before, now)) return now;
        constexpr timespec pause{0, 500'000};
        ::nanosleep(&pause, nullptr);
    }
    throw runtime::Error("the clock of the file system of {} stands still", quoted(marker));
}

/// A marker is a byte to be touched, then entries that end with a zero: "D<inode> <path>" for a folder, "F<inode>
/// <names>" for a file with several names.
void describe(const Fd& folder, const std::string& path, std::string& text) {
    const runtime::WalkLevel level;
    for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) {
        const auto status = runtime::stat_at(folder, entry.name);
        if (!status) continue;  // removed meanwhile
        if (S_ISDIR(status->st_mode)) {
            const std::string below = path + "/" + entry.name;
            text += fmt::format("D{} {}", status->st_ino, below) + '\0';
            describe(runtime::open_at(folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), below, text);
        } else if (status->st_nlink > 1) {
            text += fmt::format("F{} {}", status->st_ino, status->st_nlink) + '\0';
        }
    }
}

}  // namespace

CopyMoment CopyMoment::mark(const std::string& copy, const std::string& marker) {
    {
        const Fd file = runtime::open_path(marker, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        // What is renamed between this and the tick is taken for changed, which it may not be; never the other way.
        std::string text(1, '\0');
        describe(runtime::open_path(copy, O_RDONLY | O_DIRECTORY), "", text);
        runtime::write_all(file, text, marker);
        next_tick(file, marker);
    }
    return read(marker);
}

CopyMoment CopyMoment::read(const std::string& marker) {
    const Fd file = runtime::open_path(marker, O_RDONLY);
    CopyMoment moment;
    moment.since_ = runtime::stat_of(file).st_mtim;
    const std::string text = runtime::read_file(file, marker, std::numeric_limits<std::size_t>::max());
    for (const std::string_view entry : runtime::split(text, '\0')) {
        const std::size_t space = entry.find(' ');
        if (space == std::string_view::npos) continue;
        const ino_t inode = std::stoull(std::string(entry.substr(1, space - 1)));
        const std::string rest(entry.substr(space + 1));
        if (entry.front() == 'D')
            moment.folders_.emplace(rest, inode);
        else
            moment.linked_files_.emplace(inode, std::stoull(rest));
    }
    return moment;
}

bool CopyMoment::is_changed(const struct stat& status) const noexcept {
    return !is_earlier(status.st_ctim, since_);
}

bool CopyMoment::is_same_folder(const std::string& path, const struct stat& status) const {
    const auto known = folders_.find(path);
    return known != folders_.end() && known->second == status.st_ino;
}

nlink_t CopyMoment::names_of(const struct stat& status) const {
    const auto known = linked_files_.find(status.st_ino);
    return known == linked_files_.end() ? 0 : known->second;
}

}  // namespace overlay
