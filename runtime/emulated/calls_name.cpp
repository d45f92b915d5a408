// Names in folders: mkdir(2), unlink(2), rename(2), link(2), symlink(2), mknod(2).
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "runtime/emulated/emulation.hpp"
#include "runtime/emulated/new_file.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

/// A place where something is to be made.
Place new_place(const Call& call, int folder, std::size_t path) {
    Place place = call.place(folder, path, LastLink::kept);
    if (place.name.empty() || !place.text.empty()) throw Refusal{EEXIST};
    struct stat status {};
    if (::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) throw Refusal{EEXIST};
    require_writable(call, place);
    return place;
}

/// A name that is to be taken away.
Place old_place(const Call& call, int folder, std::size_t path, int refusal) {
    Place place = call.place(folder, path, LastLink::kept);
    if (place.name.empty() || call.container.mounts.has_below(place.path))
        throw Refusal{place.is_mount_point || !place.name.empty() ? EBUSY : refusal};
    require_writable(call, place);
    return place;
}

Reply make_folder(const Call& call, int folder, std::size_t path) {
    const Place place = new_place(call, folder, path);
    const mode_t mode = call.mode(path + 1) & 01777 & ~call.process.mask;
    checked(::mkdirat(place.folder.get(), place.name.c_str(), real_mode(S_IFDIR, mode)));
    struct stat status {};
    checked(::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW));
    own_new_file(call, place, S_IFDIR | mode | (status.st_mode & S_ISGID));
    return {};
}

/// The notes on owners of links and the like are in the folder, by name.
bool is_noted_by_name(const Place& place) {
    struct stat status {};
    return owners_are_aside() && ::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

Reply remove(const Call& call, int folder, std::size_t path, bool is_folder) {
    const Place place = old_place(call, folder, path, is_folder ? EINVAL : EISDIR);
    if (place.wants_folder && !is_folder) {
        struct stat status {};
        checked(::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW));
        throw Refusal{S_ISDIR(status.st_mode) ? EISDIR : ENOTDIR};
    }
    if (is_noted_by_name(place)) set_owner_at(place.folder, place.name, 0, 0);
    checked(::unlinkat(place.folder.get(), place.name.c_str(), is_folder ? AT_REMOVEDIR : 0));
    return {};
}

/// Who a link or special file belongs to, where that is noted by its name.
struct NamedOwner {
    uid_t user = 0;
    gid_t group = 0;
};
std::optional<NamedOwner> take_note(const Place& place) {
    if (!is_noted_by_name(place)) return std::nullopt;
    const struct stat status = status_of(place);
    if (status.st_uid != 0 || status.st_gid != 0) set_owner_at(place.folder, place.name, 0, 0);
    return NamedOwner{status.st_uid, status.st_gid};
}

void put_note(const Place& place, const std::optional<NamedOwner>& owner) {
    if (owner && (owner->user != 0 || owner->group != 0))
        set_owner_at(place.folder, place.name, owner->user, owner->group);
}

Reply rename(const Call& call, int from_folder, std::size_t from_path, int to_folder, std::size_t to_path,
             unsigned flags) {
    const Place from = old_place(call, from_folder, from_path, EBUSY);
    const Place to = old_place(call, to_folder, to_path, EBUSY);
    if (from.mount != to.mount) throw Refusal{EXDEV};
    if ((flags & RENAME_WHITEOUT) != 0) throw Refusal{EPERM};
    if (from.wants_folder || to.wants_folder) {
        const struct stat status = status_of(from);
        if (!S_ISDIR(status.st_mode)) throw Refusal{ENOTDIR};
    }
    const bool exchanges = (flags & RENAME_EXCHANGE) != 0;
    const auto moved = take_note(from);
    const auto replaced = from.path == to.path ? std::nullopt : take_note(to);
    const long result =
        ::syscall(SYS_renameat2, from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), flags);
    const int number = errno;
    put_note(result == 0 ? to : from, moved);
    if (result != 0) put_note(to, replaced);
    if (result == 0 && exchanges) put_note(from, replaced);
    if (result != 0) throw Refusal{number};
    return {};
}

Reply link(const Call& call, int from_folder, std::size_t from_path, int to_folder, std::size_t to_path, int flags) {
    const LastLink last = (flags & AT_SYMLINK_FOLLOW) != 0 ? LastLink::followed : LastLink::kept;
    if ((flags & AT_EMPTY_PATH) != 0 && call.text(from_path).empty()) throw Refusal{ENOENT};
    const Place from = call.place(from_folder, from_path, last);
    const Place to = new_place(call, to_folder, to_path);
    if (from.mount != to.mount || from.is_foreign) throw Refusal{EXDEV};
    if (!from.text.empty()) throw Refusal{EXDEV};
    if (from.name.empty())
        checked(::linkat(AT_FDCWD, fd_path(from.folder).c_str(), to.folder.get(), to.name.c_str(), AT_SYMLINK_FOLLOW));
    else
        checked(::linkat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), 0));
    if (is_noted_by_name(to)) {
        const struct stat status = status_of(from);
        set_owner_at(to.folder, to.name, status.st_uid, status.st_gid);
    }
    return {};
}

Reply make_link(const Call& call, int folder, std::size_t path) {
    const std::string text = call.text(0);
    if (text.empty()) throw Refusal{ENOENT};
    const Place place = new_place(call, folder, path);
    if (place.wants_folder) throw Refusal{ENOENT};
    checked(::symlinkat(text.c_str(), place.folder.get(), place.name.c_str()));
    own_new_file(call, place, S_IFLNK | 0777);
    return {};
}

/// Devices can only be made by root of the machine; and a node 0/0, which anybody can make, would delete a file of the
/// image.
Reply make_node(const Call& call, int folder, std::size_t path) {
    const auto given = static_cast<mode_t>(call.given.at(path + 1));
    const mode_t kind = (given & S_IFMT) == 0 ? S_IFREG : given & S_IFMT;
    if (kind != S_IFREG && kind != S_IFIFO && kind != S_IFSOCK) throw Refusal{EPERM};
    const Place place = new_place(call, folder, path);
    const mode_t mode = call.mode(path + 1) & ~call.process.mask;
    checked(::mknodat(place.folder.get(), place.name.c_str(), kind | real_mode(kind, mode), 0));
    own_new_file(call, place, kind | mode);
    return {};
}

}  // namespace

void add_name_calls(CallTable& table) {
#ifdef SYS_mkdir
    table[SYS_mkdir] = [](const Call& call) { return make_folder(call, AT_FDCWD, 0); };
    table[SYS_rmdir] = [](const Call& call) { return remove(call, AT_FDCWD, 0, true); };
    table[SYS_unlink] = [](const Call& call) { return remove(call, AT_FDCWD, 0, false); };
    table[SYS_rename] = [](const Call& call) { return rename(call, AT_FDCWD, 0, AT_FDCWD, 1, 0); };
    table[SYS_link] = [](const Call& call) { return link(call, AT_FDCWD, 0, AT_FDCWD, 1, 0); };
    table[SYS_symlink] = [](const Call& call) { return make_link(call, AT_FDCWD, 1); };
    table[SYS_mknod] = [](const Call& call) { return make_node(call, AT_FDCWD, 0); };
#endif
    table[SYS_mkdirat] = [](const Call& call) { return make_folder(call, call.descriptor(0), 1); };
    table[SYS_unlinkat] = [](const Call& call) {
        return remove(call, call.descriptor(0), 1, (call.flags(2) & AT_REMOVEDIR) != 0);
    };
#ifdef SYS_renameat
    table[SYS_renameat] = [](const Call& call) {
        return rename(call, call.descriptor(0), 1, call.descriptor(2), 3, 0);
    };
#endif
    table[SYS_renameat2] = [](const Call& call) {
        return rename(call, call.descriptor(0), 1, call.descriptor(2), 3, static_cast<unsigned>(call.given[4]));
    };
    table[SYS_linkat] = [](const Call& call) {
        return link(call, call.descriptor(0), 1, call.descriptor(2), 3, call.flags(4));
    };
    table[SYS_symlinkat] = [](const Call& call) { return make_link(call, call.descriptor(1), 2); };
    table[SYS_mknodat] = [](const Call& call) { return make_node(call, call.descriptor(0), 1); };
}

}  // namespace runtime::emulated
