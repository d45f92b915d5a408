#include "runtime/sys/ownership.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

constexpr const char* note = "user.builder.owner";
/// Of all links and special files in a folder: "uid:gid:name", each ended by a zero byte.
constexpr const char* notes_of_folder = "user.builder.owners";
constexpr std::size_t largest_value_bytes = 65536;

/// chmod that follows no link, from Linux 6.6 on; older headers have no name for it.
constexpr long call_fchmodat2 = 452;

std::atomic<bool> aside = false;
std::atomic<bool> modes_aside = false;

struct NotedOwner {
    uid_t uid = 0;
    gid_t gid = 0;
    std::optional<mode_t> mode = std::nullopt;  ///< of the permission bits, where they are others than the file's
};

std::string write_owner(uid_t uid, gid_t gid) {
    return fmt::format("{}:{}", uid, gid);
}

/// Root is what a file without a note belongs to, so that the many files of root cost nothing.
std::string write_note(const NotedOwner& owner) {
    if (owner.mode) return fmt::format("{}:{}:{:o}", owner.uid, owner.gid, *owner.mode);
    return owner.uid == 0 && owner.gid == 0 ? "" : write_owner(owner.uid, owner.gid);
}

/// What the owner of a file needs to work with it.
mode_t least_mode(mode_t kind) noexcept {
    return S_ISDIR(kind) ? S_IRWXU : S_IRUSR | S_IWUSR;
}

std::optional<NotedOwner> parse_owner(std::string_view text) noexcept {
    NotedOwner owner;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, owner.uid);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, owner.gid);
    if (second.ec != std::errc()) return std::nullopt;
    mode_t mode = 0;
    if (second.ptr != end && *second.ptr == ':' && std::from_chars(second.ptr + 1, end, mode, 8).ec == std::errc())
        owner.mode = mode;
    return owner;
}

/// The path form works for descriptors that are only places (O_PATH), too.
std::string path_of(const Fd& folder, const std::string& name = "") {
    std::string path = fd_path(folder);
    if (!name.empty()) path += "/" + name;
    return path;
}

std::string read_value(const std::string& path, const char* name, bool follows) {
    std::string value(256, '\0');
    for (;;) {
        const ssize_t size = follows ? ::getxattr(path.c_str(), name, value.data(), value.size())
                                     : ::lgetxattr(path.c_str(), name, value.data(), value.size());
        if (size < 0 && errno == ERANGE && value.size() < largest_value_bytes) {
            value.resize(largest_value_bytes);
            continue;
        }
        value.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return value;
    }
}

int write_value(const std::string& path, const char* name, const std::string& value, bool follows) {
    const char* const file = path.c_str();
    int result = 0;
    if (value.empty())
        result = follows ? ::removexattr(file, name) : ::lremovexattr(file, name);
    else
        result = follows ? ::setxattr(file, name, value.data(), value.size(), 0)
                         : ::lsetxattr(file, name, value.data(), value.size(), 0);
    if (result == 0 || (value.empty() && (errno == ENODATA || errno == ENOTSUP))) return 0;
    return errno;
}

bool takes_attributes(const struct stat& status) {
    return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

/// Calls `each` with the text of a note and the name that it is about.
template <typename Each>
void visit_notes(std::string_view notes, Each each) {
    while (!notes.empty()) {
        const std::string_view one = notes.substr(0, notes.find('\0'));
        notes.remove_prefix(std::min(one.size() + 1, notes.size()));
        const auto second = one.find(':', one.find(':') + 1);
        if (second != std::string_view::npos) each(one.substr(0, second), one.substr(second + 1));
    }
}

int note_in_folder(const Fd& folder, const std::string& name, uid_t uid, gid_t gid) {
    const std::string path = path_of(folder);
    std::string kept;
    const auto add = [&](std::string_view owner, std::string_view whose) {
        kept.append(owner).append(":").append(whose).push_back('\0');
    };
    visit_notes(read_value(path, notes_of_folder, true), [&](std::string_view owner, std::string_view whose) {
        if (whose != name) add(owner, whose);
    });
    if (uid != 0 || gid != 0) add(write_owner(uid, gid), name);
    return write_value(path, notes_of_folder, kept, true);
}

void take(const std::optional<NotedOwner>& owner, struct stat& status) {
    status.st_uid = owner ? owner->uid : 0;
    status.st_gid = owner ? owner->gid : 0;
    if (!owner || !owner->mode) return;
    // A mode that somebody gave the file since, without a note, is the one that counts.
    const mode_t expected = *owner->mode | least_mode(status.st_mode);
    if ((status.st_mode & 07777) == expected) status.st_mode = (status.st_mode & S_IFMT) | *owner->mode;
}

int note_owner(const std::string& path, bool follows, uid_t uid, gid_t gid) {
    NotedOwner noted = parse_owner(read_value(path, note, follows)).value_or(NotedOwner{});
    noted.uid = uid;
    noted.gid = gid;
    return write_value(path, note, write_note(noted), follows);
}

int note_mode(const std::string& path, mode_t kind, mode_t mode) {
    const std::string before = read_value(path, note, true);
    NotedOwner noted = parse_owner(before).value_or(NotedOwner{});
    const mode_t real = mode | least_mode(kind);
    noted.mode = real == mode ? std::nullopt : std::optional(mode);
    const std::string wanted = write_note(noted);
    if (::chmod(path.c_str(), real) != 0) return errno;
    return wanted == before ? 0 : write_value(path, note, wanted, true);
}

}  // namespace

void keep_owners_aside(bool kept_aside) noexcept {
    aside = kept_aside;
}

void keep_modes_aside(bool kept_aside) noexcept {
    modes_aside = kept_aside;
}

bool owners_are_aside() noexcept {
    return aside;
}

bool modes_are_aside() noexcept {
    return aside && modes_aside;
}

bool is_owner_record(std::string_view xattr) noexcept {
    return aside && (xattr == note || xattr == notes_of_folder || xattr == capability_note);
}

int set_owner(const Fd& file, uid_t uid, gid_t gid) noexcept {
    if (aside) return note_owner(path_of(file), true, uid, gid);
    return ::fchown(file.get(), uid, gid) == 0 ? 0 : errno;
}

int set_owner_at(const Fd& folder, const std::string& name, uid_t uid, gid_t gid) noexcept {
    if (!aside) return ::fchownat(folder.get(), name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
    if (!takes_attributes(status)) return note_in_folder(folder, name, uid, gid);
    return note_owner(path_of(folder, name), false, uid, gid);
}

int set_mode(const Fd& file, mode_t mode) noexcept {
    if (!aside || !modes_aside) {
        // What is only a place has to be named.
        if (::fchmod(file.get(), mode) == 0) return 0;
        return errno == EBADF && ::chmod(path_of(file).c_str(), mode) == 0 ? 0 : errno;
    }
    struct stat status {};
    if (::fstatat(file.get(), "", &status, AT_EMPTY_PATH) != 0) return errno;
    return note_mode(path_of(file), status.st_mode, mode);
}

int set_mode_at(const Fd& folder, const std::string& name, mode_t mode) noexcept {
    if (!aside || !modes_aside) {
        if (::syscall(call_fchmodat2, folder.get(), name.c_str(), mode, AT_SYMLINK_NOFOLLOW) == 0) return 0;
        // Older kernels have no such call, and some filters refuse it.
        if (errno != ENOSYS && errno != EPERM) return errno;
    }
    // The place, not the name: what has the name could be another file, or a link, in the next moment.
    const Fd place(::openat(folder.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!place || ::fstat(place.get(), &status) != 0) return errno;
    if (S_ISLNK(status.st_mode)) return EOPNOTSUPP;
    if (!aside || !modes_aside || !takes_attributes(status))
        return ::chmod(path_of(place).c_str(), mode) == 0 ? 0 : errno;
    return note_mode(path_of(place), status.st_mode, mode);
}

void look_up_owner(const Fd& file, struct stat& status) noexcept {
    if (!aside) return;
    take(takes_attributes(status) ? parse_owner(read_value(path_of(file), note, true)) : std::nullopt, status);
}

void look_up_owner_at(const Fd& folder, const std::string& name, struct stat& status) noexcept {
    if (!aside) return;
    if (takes_attributes(status)) return take(parse_owner(read_value(path_of(folder, name), note, false)), status);
    std::optional<NotedOwner> found;
    visit_notes(read_value(path_of(folder), notes_of_folder, true),
                [&](std::string_view owner, std::string_view whose) {
                    if (whose == name) found = parse_owner(owner);
                });
    take(found, status);
}

}  // namespace runtime
