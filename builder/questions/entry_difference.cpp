#include "builder/questions/entry_difference.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "layers/content_hash.hpp"
#include "layers/layer_names.hpp"
#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/xattr.hpp"

namespace builder {
namespace {

using overlay::MergedEntry;

constexpr mode_t permission_bits = 07777;

bool is_same_file(const struct stat& left, const struct stat& right) {
    return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

layers::Digest digest_of(const MergedEntry& file) {
    layers::Hasher hasher;
    const runtime::Fd opened = runtime::open_at(*file.parent, file.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    layers::hash_content(opened, file.name, hasher);
    return hasher.finish();
}

std::string target_of(const MergedEntry& link) {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = ::readlinkat(link.parent->get(), link.name.c_str(), target.data(), target.size());
    if (length < 0) throw runtime::SystemError("cannot read the link {}", runtime::quoted(link.name));
    target.resize(static_cast<std::size_t>(length));
    return target;
}

bool has_other_content(const MergedEntry& before, const MergedEntry& after) {
    if (after.is_file()) return before.status.st_size != after.status.st_size || digest_of(before) != digest_of(after);
    if (after.is_link()) return target_of(before) != target_of(after);
    if (S_ISCHR(after.status.st_mode) || S_ISBLK(after.status.st_mode))
        return before.status.st_rdev != after.status.st_rdev;
    return false;
}

/// Those that go with the file into a layer.
runtime::Xattrs attributes_of(const MergedEntry& entry) {
    runtime::Xattrs attributes = runtime::read_xattrs_at(*entry.parent, entry.name);
    std::erase_if(attributes, [](const auto& one) {
        return overlay::is_overlay_xattr(one.first) || layers::stays_on_machine(one.first);
    });
    return attributes;
}

}  // namespace

std::vector<std::string> EntryDifference::words() const {
    std::vector<std::string> words;
    if (type) words.emplace_back("type");
    if (content) words.emplace_back("content");
    if (mode) words.emplace_back("mode");
    if (owner) words.emplace_back("owner");
    if (attributes) words.emplace_back("attributes");
    if (time) words.emplace_back("time");
    return words;
}

EntryDifference difference_of(const MergedEntry& before, const MergedEntry& after) {
    EntryDifference difference;
    const struct stat &one = before.status, &other = after.status;
    if (is_same_file(one, other)) return difference;
    difference.type = (one.st_mode & S_IFMT) != (other.st_mode & S_IFMT);
    if (difference.type) return difference;
    difference.content = has_other_content(before, after);
    // A link has no mode of its own.
    difference.mode = !after.is_link() && (one.st_mode & permission_bits) != (other.st_mode & permission_bits);
    difference.owner = one.st_uid != other.st_uid || one.st_gid != other.st_gid;
    difference.attributes = attributes_of(before) != attributes_of(after);
    difference.time = one.st_mtim.tv_sec != other.st_mtim.tv_sec || one.st_mtim.tv_nsec != other.st_mtim.tv_nsec;
    return difference;
}

const char* type_name(mode_t mode) noexcept {
    switch (mode & S_IFMT) {
        case S_IFREG:
            return "file";
        case S_IFDIR:
            return "folder";
        case S_IFLNK:
            return "link";
        case S_IFIFO:
            return "fifo";
        case S_IFSOCK:
            return "socket";
        case S_IFBLK:
            return "block device";
        case S_IFCHR:
            return "character device";
        default:
            return "unknown";
    }
}

}  // namespace builder
