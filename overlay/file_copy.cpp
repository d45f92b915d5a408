#include "overlay/file_copy.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/data_range.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/xattr.hpp"

namespace overlay {
namespace {

using runtime::Fd;
using runtime::quoted;
using runtime::SystemError;

void copy_xattrs(const Fd& from, const std::string& name, const Fd& to) {
    for (const auto& [xattr, value] : runtime::read_xattrs_at(from, name))
        if (!is_overlay_xattr(xattr)) runtime::set_xattr_at(to, name, xattr, value);
}

/// The kernel copies where it can, else it is done by hand. Ends early where the file has become shorter.
void copy_range(const Fd& from, const Fd& to, off_t start, off_t end, const std::string& name) {
    std::vector<char> buffer;
    off_t written = start;
    while (start < end) {
        const auto left = static_cast<std::size_t>(std::min<off_t>(end - start, 1 << 26));
        ssize_t count = buffer.empty() ? ::copy_file_range(from.get(), &start, to.get(), &written, left, 0) : -1;
        if (count < 0 && buffer.empty() &&
            (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM))
            buffer.resize(1 << 20);
        if (count < 0 && !buffer.empty()) {
            count = ::pread(from.get(), buffer.data(), std::min(left, buffer.size()), start);
            if (count > 0 && ::pwrite(to.get(), buffer.data(), static_cast<std::size_t>(count), start) != count)
                throw SystemError("cannot copy the file {}", quoted(name));
            start += std::max<ssize_t>(count, 0);
        }
        if (count == 0) return;
        if (count < 0 && errno != EINTR) throw SystemError("cannot copy the file {}", quoted(name));
    }
}

void copy_link(const Fd& from, const struct stat& status, const Fd& to, const std::string& name) {
    std::string text(static_cast<std::size_t>(status.st_size) + 1, '\0');
    const ssize_t length = ::readlinkat(from.get(), name.c_str(), text.data(), text.size());
    if (length < 0) throw SystemError("cannot read the link {}", quoted(name));
    text.resize(static_cast<std::size_t>(length));
    if (::symlinkat(text.c_str(), to.get(), name.c_str()) != 0)
        throw SystemError("cannot make the link {}", quoted(name));
}

}  // namespace

void copy_content(const Fd& from, const Fd& to, const std::string& name) {
    if (::ioctl(to.get(), FICLONE, from.get()) == 0) return;
    const off_t size = runtime::stat_of(from).st_size;
    require_room(to, size, name);
    for (off_t at = 0; at < size;) {
        const auto [begin, end] = runtime::next_data(from, at, size);
        copy_range(from, to, begin, end, name);
        at = end;
    }
    if (::ftruncate(to.get(), size) != 0) throw SystemError("cannot copy the file {}", quoted(name));
}

void require_room(const Fd& file, off_t size, const std::string& name) {
    struct statvfs disk {};
    if (::fstatvfs(file.get(), &disk) != 0) return;
    const auto total = static_cast<std::uint64_t>(disk.f_blocks) * disk.f_frsize;
    if (total == 0 || static_cast<std::uint64_t>(size) <= total) return;
    SystemError error(SystemError::Number{ENOSPC}, "cannot copy the file {}: its {} bytes are more than the whole disk",
                      quoted(name), size);
    error.with_hint("leave it out or free room; if it is made of holes, they count too");
    throw error;
}

void copy_leaf(const Fd& from, const struct stat& status, const Fd& to, const std::string& name) {
    if (S_ISREG(status.st_mode)) {
        const Fd source = runtime::open_at(from, name, O_RDONLY | O_NOFOLLOW);
        copy_content(source, runtime::open_at(to, name, O_WRONLY | O_CREAT | O_EXCL, 0600), name);
    } else if (S_ISLNK(status.st_mode)) {
        copy_link(from, status, to, name);
    } else if (::mknodat(to.get(), name.c_str(), status.st_mode, status.st_rdev) != 0) {
        throw SystemError("cannot make {}", quoted(name));
    }
    if (const int number = runtime::set_owner_at(to, name, status.st_uid, status.st_gid); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the owner of {}", quoted(name));
    if (S_ISLNK(status.st_mode)) {
        // Links have no mode.
    } else if (const int number = runtime::set_mode_at(to, name, status.st_mode & 07777); number != 0) {
        throw SystemError(SystemError::Number{number}, "cannot set the mode of {}", quoted(name));
    }
    copy_xattrs(from, name, to);
    const std::array times = {status.st_atim, status.st_mtim};
    if (::utimensat(to.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        throw SystemError("cannot set the times of {}", quoted(name));
}

void copy_leaf_or_stand_in(const Fd& from, const struct stat& status, const Fd& to, const std::string& name) {
    const bool is_device = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode);
    try {
        copy_leaf(from, status, to, name);
    } catch (const SystemError& error) {
        if (!is_device || error.number() != EPERM) throw;
        runtime::open_at(to, name, O_WRONLY | O_CREAT | O_EXCL, 0);
    }
}

void copy_metadata(const Fd& from, const Fd& to) {
    const struct stat status = runtime::stat_of(from);
    for (const auto& [xattr, value] : runtime::read_xattrs(from))
        if (!is_overlay_xattr(xattr)) runtime::set_xattr_at(to, ".", xattr, value);
    const std::array times = {status.st_atim, status.st_mtim};
    if (const int number = runtime::set_owner(to, status.st_uid, status.st_gid); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the owner of a folder");
    if (const int number = runtime::set_mode(to, status.st_mode & 07777); number != 0)
        throw SystemError(SystemError::Number{number}, "cannot set the mode of a folder");
    if (::futimens(to.get(), times.data()) != 0) throw SystemError("cannot set the times of a folder");
}

}  // namespace overlay
