// What files are: stat(2), statx(2), access(2), readlink(2), statfs(2).
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/emulated/emulation.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

Reply give_status(const Call& call, const Place& place, std::size_t result) {
    if (place.wants_folder && !S_ISDIR(status_of(place).st_mode)) throw Refusal{ENOTDIR};
    struct stat status = status_of(place);
    // A file in memory that stands at a path has a name here.
    if (status.st_nlink == 0 && place.is_mount_point) status.st_nlink = 1;
    call.memory.write(call.given.at(result), &status, sizeof status);
    return {};
}

/// It need not be known where the file is.
Reply give_status_of_descriptor(const Call& call) {
    Place place;
    place.folder =
        Fd(::open(fmt::format("/proc/{}/fd/{}", call.thread, call.descriptor(0)).c_str(), O_PATH | O_CLOEXEC));
    if (!place.folder) throw Refusal{EBADF};
    struct stat status {};
    checked(::fstatat(place.folder.get(), "", &status, AT_EMPTY_PATH));
    // It may be a stand-in.
    if (S_ISREG(status.st_mode) && status.st_nlink == 0) return give_status(call, call.place_of_descriptor(0), 1);
    return give_status(call, place, 1);
}

Reply give_extended_status(const Call& call) {
    const Place place = call.place_by_flags(call.descriptor(0), 1, call.flags(2));
    struct statx extended {};
    const int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | (call.flags(2) & AT_STATX_SYNC_TYPE);
    checked(::statx(place.folder.get(), place.name.c_str(), flags, static_cast<unsigned>(call.given[3]), &extended));
    const struct stat status = status_of(place);
    if (place.wants_folder && !S_ISDIR(status.st_mode)) throw Refusal{ENOTDIR};
    extended.stx_uid = status.st_uid;
    extended.stx_gid = status.st_gid;
    extended.stx_mode = static_cast<__u16>(status.st_mode);
    call.memory.write(call.given[4], &extended, sizeof extended);
    return {};
}

/// Of the three sets of bits, the one that is for this user. path_resolution(7)
unsigned bits_for(const FakedIds& ids, uid_t user, gid_t group, const struct stat& status) {
    if (user == status.st_uid) return status.st_mode >> 6 & 7U;
    const bool is_member = group == status.st_gid || std::find(ids.supplementary.begin(), ids.supplementary.end(),
                                                               status.st_gid) != ids.supplementary.end();
    return is_member ? status.st_mode >> 3 & 7U : status.st_mode & 7U;
}

Reply check_access(const Call& call, const Place& place, unsigned wanted, bool effective) {
    const struct stat status = status_of(place);
    if (place.wants_folder && !S_ISDIR(status.st_mode)) throw Refusal{ENOTDIR};
    const bool is_file = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISLNK(status.st_mode);
    if ((wanted & W_OK) != 0 && is_file && !place.is_foreign) require_writable(call, place);
    const FakedIds& ids = call.process.ids;
    const std::size_t which = effective ? 1 : 0;
    if (ids.users.at(which) == 0) {
        const bool runs = S_ISDIR(status.st_mode) || (status.st_mode & 0111) != 0;
        if ((wanted & X_OK) != 0 && !runs) throw Refusal{EACCES};
        return {};
    }
    if ((wanted & ~bits_for(ids, ids.users.at(which), ids.groups.at(which), status)) != 0) throw Refusal{EACCES};
    return {};
}

Reply give_link(const Call& call, const Place& place, std::size_t buffer) {
    const auto size = static_cast<int>(call.given.at(buffer + 1));
    if (size <= 0) throw Refusal{EINVAL};
    std::string text = place.text;
    if (text.empty()) {
        std::array<char, 4097> read;
        const ssize_t length = ::readlinkat(place.folder.get(), place.name.c_str(), read.data(), read.size());
        if (length < 0) throw Refusal{place.name.empty() && errno == ENOENT ? EINVAL : errno};
        text.assign(read.data(), static_cast<std::size_t>(length));
    }
    const std::size_t count = std::min(text.size(), static_cast<std::size_t>(size));
    call.memory.write(call.given.at(buffer), text.data(), count);
    return {static_cast<std::int64_t>(count)};
}

Reply read_link_at(const Call& call) {
    if (call.text(1).empty()) return give_link(call, call.place_of_descriptor(0), 2);
    return give_link(call, call.place(call.descriptor(0), 1, LastLink::kept), 2);
}

Reply give_file_system(const Call& call) {
    const Place place = call.place(AT_FDCWD, 0, LastLink::followed);
    struct statfs facts {};
    if (place.name.empty())
        checked(::fstatfs(place.folder.get(), &facts));
    else
        checked(::fstatfs(open_place(place, O_PATH).get(), &facts));
    call.memory.write(call.given[1], &facts, sizeof facts);
    return {};
}

}  // namespace

void add_status_calls(CallTable& table) {
#ifdef SYS_stat
    table[SYS_stat] = [](const Call& call) {
        return give_status(call, call.place(AT_FDCWD, 0, LastLink::followed), 1);
    };
    table[SYS_lstat] = [](const Call& call) { return give_status(call, call.place(AT_FDCWD, 0, LastLink::kept), 1); };
    table[SYS_access] = [](const Call& call) {
        return check_access(call, call.place(AT_FDCWD, 0, LastLink::followed), static_cast<unsigned>(call.given[1]),
                            false);
    };
    table[SYS_readlink] = [](const Call& call) { return give_link(call, call.place(AT_FDCWD, 0, LastLink::kept), 1); };
#endif
    table[SYS_fstat] = give_status_of_descriptor;
    table[SYS_newfstatat] = [](const Call& call) {
        return give_status(call, call.place_by_flags(call.descriptor(0), 1, call.flags(3)), 2);
    };
    table[SYS_statx] = give_extended_status;
    table[SYS_faccessat] = [](const Call& call) {
        return check_access(call, call.place(call.descriptor(0), 1, LastLink::followed),
                            static_cast<unsigned>(call.given[2]), false);
    };
    table[SYS_faccessat2] = [](const Call& call) {
        return check_access(call, call.place_by_flags(call.descriptor(0), 1, call.flags(3)),
                            static_cast<unsigned>(call.given[2]), (call.flags(3) & AT_EACCESS) != 0);
    };
    table[SYS_readlinkat] = read_link_at;
    table[SYS_statfs] = give_file_system;
}

}  // namespace runtime::emulated
