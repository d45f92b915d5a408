// Owners, modes, times and sizes of files: chown(2), chmod(2), utimensat(2), truncate(2).
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include <array>
#include <optional>
#include <utility>

#include "runtime/emulated/emulation.hpp"
#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

constexpr int fchmodat2_number = 452;

void require_done(int number) {
    if (number != 0) throw Refusal{number};
}

/// The file itself in the place of its name, which could be another one's in the next moment. Not for links and special
/// files: notes on them go by name, and nothing that is done to them follows one.
Place held(Place place) {
    const struct stat status = status_of(place);
    if (place.name.empty() || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) return place;
    place.folder = open_place(place, O_PATH);
    place.name.clear();
    return place;
}

Place changed(const Call& call, Place place) {
    if (place.wants_folder && !S_ISDIR(status_of(place).st_mode)) throw Refusal{ENOTDIR};
    if (place.is_foreign) return place;
    require_writable(call, place);
    return held(std::move(place));
}

/// What is no file of the container belongs to nobody in it: that succeeds without effect, as a step of root expects.
bool is_only_looked_at(const Place& place) {
    return place.is_foreign || place.mount->kind != Mount::Kind::files || !place.mount->is_folder;
}

int set_mode_of(const Place& place, mode_t mode) {
    return place.name.empty() ? set_mode(place.folder, mode) : set_mode_at(place.folder, place.name, mode);
}

Reply change_mode(const Call& call, const Place& place, mode_t mode) {
    if (is_only_looked_at(place)) return {};
    const struct stat status = status_of(place);
    if (S_ISLNK(status.st_mode)) throw Refusal{EOPNOTSUPP};
    if (!call.is_root() && status.st_uid != call.process.ids.users[1]) throw Refusal{EPERM};
    require_done(set_mode_of(place, mode));
    return {};
}

/// Only root gives files away; others may change the group to one of theirs.
void require_right_to_give(const Call& call, const struct stat& status, uid_t user, gid_t group) {
    if (call.is_root()) return;
    const FakedIds& ids = call.process.ids;
    bool is_member = group == status.st_gid || group == ids.groups[1];
    for (const gid_t one : ids.supplementary) is_member = is_member || one == group;
    if (status.st_uid != ids.users[1] || user != status.st_uid || !is_member) throw Refusal{EPERM};
}

Reply change_owner(const Call& call, const Place& place, std::size_t ids) {
    if (is_only_looked_at(place)) return {};
    const struct stat status = status_of(place);
    const auto given = [&](std::size_t index, std::uint32_t now) {
        const auto id = static_cast<std::uint32_t>(call.given.at(index));
        return id == static_cast<std::uint32_t>(-1) ? now : id;
    };
    const uid_t user = given(ids, status.st_uid);
    const gid_t group = given(ids + 1, status.st_gid);
    require_right_to_give(call, status, user, group);
    require_done(place.name.empty() ? set_owner(place.folder, user, group)
                                    : set_owner_at(place.folder, place.name, user, group));
    // As the kernel does, also for root.
    if (place.name.empty() && S_ISREG(status.st_mode) && owners_are_aside())
        ::removexattr(fd_path(place.folder).c_str(), capability_note);
    mode_t lost = S_ISUID;
    if ((status.st_mode & S_IXGRP) != 0) lost |= S_ISGID;
    if (S_ISREG(status.st_mode) && (status.st_mode & lost) != 0)
        require_done(set_mode_of(place, status.st_mode & 07777 & ~lost));
    return {};
}

Reply change_times(const Place& place, const std::optional<std::array<timespec, 2>>& times) {
    if (place.is_foreign) return {};
    const timespec* const wanted = times ? times->data() : nullptr;
    if (place.name.empty())
        checked(::utimensat(AT_FDCWD, fd_path(place.folder).c_str(), wanted, 0));
    else
        checked(::utimensat(place.folder.get(), place.name.c_str(), wanted, AT_SYMLINK_NOFOLLOW));
    return {};
}

Reply set_times_at(const Call& call) {
    std::optional<std::array<timespec, 2>> times;
    if (call.given[2] != 0) times = call.memory.value<std::array<timespec, 2>>(call.given[2]);
    if (call.given[1] == 0) return change_times(changed(call, call.place_of_descriptor(0)), times);
    return change_times(changed(call, call.place_by_flags(call.descriptor(0), 1, call.flags(3))), times);
}

std::optional<std::array<timespec, 2>> times_from(const std::array<timeval, 2>& given) {
    return std::array<timespec, 2>{timespec{given[0].tv_sec, given[0].tv_usec * 1000},
                                   timespec{given[1].tv_sec, given[1].tv_usec * 1000}};
}

#ifdef SYS_utimes
Reply set_times(const Call& call, int folder, std::size_t path) {
    std::optional<std::array<timespec, 2>> times;
    if (const auto address = call.given.at(path + 1); address != 0)
        times = times_from(call.memory.value<std::array<timeval, 2>>(address));
    if (call.given.at(path) == 0) return change_times(changed(call, call.place_of_descriptor(0)), times);
    return change_times(changed(call, call.place(folder, path, LastLink::followed)), times);
}

Reply set_times_in_seconds(const Call& call) {
    std::optional<std::array<timespec, 2>> times;
    if (call.given[1] != 0) {
        const auto given = call.memory.value<utimbuf>(call.given[1]);
        times = std::array<timespec, 2>{timespec{given.actime, 0}, timespec{given.modtime, 0}};
    }
    return change_times(changed(call, call.place(AT_FDCWD, 0, LastLink::followed)), times);
}
#endif

Reply cut(const Call& call) {
    const Place place = changed(call, call.place(AT_FDCWD, 0, LastLink::followed));
    const Fd file = open_place(place, O_WRONLY | O_NONBLOCK);
    checked(::ftruncate(file.get(), static_cast<off_t>(call.given[1])));
    return {};
}

}  // namespace

void add_attribute_calls(CallTable& table) {
#ifdef SYS_chmod
    table[SYS_chmod] = [](const Call& call) {
        return change_mode(call, changed(call, call.place(AT_FDCWD, 0, LastLink::followed)), call.mode(1));
    };
    table[SYS_chown] = [](const Call& call) {
        return change_owner(call, changed(call, call.place(AT_FDCWD, 0, LastLink::followed)), 1);
    };
    table[SYS_lchown] = [](const Call& call) {
        return change_owner(call, changed(call, call.place(AT_FDCWD, 0, LastLink::kept)), 1);
    };
    table[SYS_utime] = set_times_in_seconds;
    table[SYS_utimes] = [](const Call& call) { return set_times(call, AT_FDCWD, 0); };
    table[SYS_futimesat] = [](const Call& call) { return set_times(call, call.descriptor(0), 1); };
#endif
    table[SYS_fchmod] = [](const Call& call) {
        return change_mode(call, changed(call, call.place_of_descriptor(0)), call.mode(1));
    };
    table[SYS_fchmodat] = [](const Call& call) {
        return change_mode(call, changed(call, call.place(call.descriptor(0), 1, LastLink::followed)), call.mode(2));
    };
    table[fchmodat2_number] = [](const Call& call) {
        return change_mode(call, changed(call, call.place_by_flags(call.descriptor(0), 1, call.flags(3))),
                           call.mode(2));
    };
    table[SYS_fchown] = [](const Call& call) {
        return change_owner(call, changed(call, call.place_of_descriptor(0)), 1);
    };
    table[SYS_fchownat] = [](const Call& call) {
        return change_owner(call, changed(call, call.place_by_flags(call.descriptor(0), 1, call.flags(4))), 2);
    };
    table[SYS_utimensat] = set_times_at;
    table[SYS_truncate] = cut;
}

}  // namespace runtime::emulated
