#include "layers/entry_metadata.hpp"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "layers/layer_names.hpp"
#include "overlay/whiteout.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/xattr.hpp"

namespace layers {
namespace {

constexpr mode_t permission_bits = 07777;
/// The two bits that a change of the owner clears.
constexpr mode_t set_id_bits = S_ISUID | S_ISGID;
constexpr mode_t implied_mode = 0755;

/// Marks of overlayfs in a stream could make a folder opaque or point it elsewhere, so they never reach the disk.
bool is_content(const std::string& xattr) noexcept {
    return !overlay::is_overlay_xattr(xattr) && !stays_on_machine(xattr);
}

bool has_owner(const struct stat& status, const Owner& owner) noexcept {
    return status.st_uid == owner.uid && status.st_gid == owner.gid;
}

}  // namespace

namespace {

void check_mode(int number) {
    if (number != 0) throw runtime::SystemError(runtime::SystemError::Number{number}, "cannot set the mode");
}

}  // namespace

FileTimes::FileTimes(timespec time) noexcept : both{time, time} {
    if (time.tv_nsec < 0 || time.tv_nsec > 999'999'999) both[0].tv_nsec = both[1].tv_nsec = 0;
}

void EntryMetadata::set(const runtime::Fd& file, const TarEntry& entry, mode_t mode) {
    const struct stat status = runtime::stat_of(file);
    const Owner owner = owner_of(entry);
    const bool is_owned = has_owner(status, owner);
    if (!is_owned)
        check_owner(runtime::set_owner(file, static_cast<uid_t>(owner.uid), static_cast<gid_t>(owner.gid)), owner);
    const bool has_lost_bits = !is_owned && (mode & set_id_bits) != 0;
    if ((status.st_mode & permission_bits) != mode || has_lost_bits) check_mode(runtime::set_mode(file, mode));
    for (const auto& [name, value] : entry.xattrs)
        if (is_content(name)) note_xattr(runtime::set_xattr(file, name, value), name);
    if (::futimens(file.get(), FileTimes(entry.mtime).both) != 0) throw runtime::SystemError("cannot set the times");
}

void EntryMetadata::set_at(const runtime::Fd& parent, const std::string& name, const TarEntry& entry) {
    const auto status = runtime::stat_at(parent, name);
    const Owner owner = owner_of(entry);
    if (!status || !has_owner(*status, owner))
        check_owner(runtime::set_owner_at(parent, name, static_cast<uid_t>(owner.uid), static_cast<gid_t>(owner.gid)),
                    owner);
    // Links have no mode. The name was made just now by this process, so it is not a link that chmod would follow.
    if (entry.type != TarType::symbolic_link)
        check_mode(runtime::set_mode_at(parent, name, entry.mode & permission_bits));
    for (const auto& [xattr, value] : entry.xattrs)
        if (is_content(xattr)) note_xattr(runtime::set_xattr_at(parent, name, xattr, value), xattr);
    if (::utimensat(parent.get(), name.c_str(), FileTimes(entry.mtime).both, AT_SYMLINK_NOFOLLOW) != 0)
        throw runtime::SystemError("cannot set the times");
}

void EntryMetadata::set_implied(const runtime::Fd& folder, const std::optional<struct stat>& like) {
    // A folder of the layers below is already owned as it must be on disk; one that is new belongs to root.
    TarEntry entry;
    const Owner owner = like ? Owner{like->st_uid, like->st_gid} : owner_of(entry);
    if (!has_owner(runtime::stat_of(folder), owner))
        check_owner(runtime::set_owner(folder, static_cast<uid_t>(owner.uid), static_cast<gid_t>(owner.gid)), owner);
    check_mode(runtime::set_mode(folder, like ? like->st_mode & permission_bits : implied_mode));
}

Owner EntryMetadata::owner_of(const TarEntry& entry) const {
    if (rules_.fixed) return *rules_.fixed;
    const Owner owner{entry.uid, entry.gid};
    return rules_.map ? rules_.map(owner) : owner;
}

void EntryMetadata::check_owner(int number, const Owner& owner) const {
    constexpr std::uint64_t none = std::numeric_limits<uid_t>::max();
    if (owner.uid >= none || owner.gid >= none)
        throw runtime::Error("the owner {}:{} is larger than the system knows", owner.uid, owner.gid);
    if (number == 0 || rules_.ignore_errors) return;
    runtime::SystemError error(runtime::SystemError::Number{number}, "cannot set the owner {}:{}", owner.uid,
                               owner.gid);
    if (number == EINVAL) error.with_hint("give the user more subordinate IDs in /etc/subuid and /etc/subgid");
    throw error;
}

void EntryMetadata::note_xattr(int error, const std::string& name) {
    if (error == 0) return;
    // What a file system or a user namespace cannot keep is left out, as the tools do that made the images; but a
    // program without its capabilities would fail in ways that are hard to trace.
    const bool may_be_left_out = error == ENOTSUP || error == EPERM || error == EINVAL;
    if (!may_be_left_out || name == "security.capability")
        throw runtime::SystemError(runtime::SystemError::Number{error}, "cannot set the extended attribute {}",
                                   runtime::quoted(name));
    ++ignored_xattrs_;
}

}  // namespace layers
