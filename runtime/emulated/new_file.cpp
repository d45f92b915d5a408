#include "runtime/emulated/new_file.hpp"

#include <fcntl.h>

#include "runtime/sys/ownership.hpp"

namespace runtime::emulated {
namespace {

/// In a folder with the set-group-ID bit, new files have the folder's group.
gid_t group_in(const Call& call, const Fd& folder) {
    struct stat status {};
    checked(::fstatat(folder.get(), "", &status, AT_EMPTY_PATH));
    if ((status.st_mode & S_ISGID) == 0) return call.process.ids.groups[1];
    look_up_owner(folder, status);
    return status.st_gid;
}

void require_done(int number) {
    if (number != 0) throw Refusal{number};
}

}  // namespace

mode_t real_mode(mode_t kind, mode_t mode) noexcept {
    if (!modes_are_aside()) return mode;
    return S_ISDIR(kind) ? mode | S_IRWXU : mode | S_IRUSR | S_IWUSR;
}

void own_new_file(const Call& call, const Place& place, mode_t mode) {
    const uid_t user = call.process.ids.users[1];
    const gid_t group = group_in(call, place.folder);
    const bool takes_notes = S_ISREG(mode) || S_ISDIR(mode);
    // What has no attributes of its own may have got a name with which the folder still has a note.
    if (user != 0 || group != 0 || !takes_notes) require_done(set_owner_at(place.folder, place.name, user, group));
    if (takes_notes && real_mode(mode, mode) != mode) require_done(set_mode_at(place.folder, place.name, mode & 07777));
}

void own_temporary_file(const Call& call, const Fd& file, const Place& folder) {
    const uid_t user = call.process.ids.users[1];
    const gid_t group = group_in(call, folder.folder);
    if (user != 0 || group != 0) require_done(set_owner(file, user, group));
}

}  // namespace runtime::emulated
