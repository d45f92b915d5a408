#include "runtime/emulated/identity.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>

namespace runtime {
namespace {

constexpr std::uint32_t unchanged = 0xffffffff;

/// The three IDs that a call asks for, real, effective and saved; setuid(2), setreuid(2), setresuid(2).
std::array<std::uint32_t, 3> wanted_ids(const std::array<std::uint64_t, 3>& given,
                                        const std::array<std::uint32_t, 3>& now, unsigned count) {
    const auto id = [&](std::size_t index) { return static_cast<std::uint32_t>(given[index]); };
    if (count == 3) return {id(0), id(1), id(2)};
    // Who gives up the real ID by setreuid gives up the saved one.
    if (count == 2) return {id(0), id(1), id(0) == unchanged && id(1) == now[0] ? unchanged : id(1)};
    return now[1] == 0 ? std::array{id(0), id(0), id(0)} : std::array{unchanged, id(0), unchanged};
}

/// Only root may become anybody; others may change between the three that they have.
int set_ids(std::array<std::uint32_t, 3>& ids, const std::array<std::uint32_t, 3>& wanted, bool is_root) {
    for (const std::uint32_t id : wanted)
        if (id != unchanged && !is_root && std::find(ids.begin(), ids.end(), id) == ids.end()) return EPERM;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (wanted[i] != unchanged) ids[i] = wanted[i];
    return 0;
}

unsigned count_of(long call) {
    if (call == SYS_setresuid || call == SYS_setresgid) return 3;
    return call == SYS_setreuid || call == SYS_setregid ? 2 : 1;
}

}  // namespace

bool changes_identity(long call) noexcept {
    for (const long one : {SYS_setuid, SYS_setreuid, SYS_setresuid, SYS_setgid, SYS_setregid, SYS_setresgid,
                           SYS_setgroups, SYS_setfsuid, SYS_setfsgid})
        if (call == one) return true;
    return false;
}

bool asks_for_identity(long call) noexcept {
    for (const long one :
         {SYS_getuid, SYS_geteuid, SYS_getresuid, SYS_getgid, SYS_getegid, SYS_getresgid, SYS_getgroups})
        if (call == one) return true;
    return false;
}

const std::vector<const char*>& identity_calls() {
    static const std::vector<const char*> names = {
        "setuid",   "setreuid", "setresuid", "setgid",    "setregid", "setresgid", "setgroups", "setfsuid",
        "setfsgid", "getuid",   "geteuid",   "getresuid", "getgid",   "getegid",   "getresgid", "getgroups"};
    return names;
}

IdentityAnswer change_identity(long call, const std::array<std::uint64_t, 3>& given, FakedIds& ids,
                               const ReadMemory& read) {
    if (call == SYS_setfsuid || call == SYS_setfsgid) return {};
    const bool is_root = ids.users[1] == 0;
    if (call == SYS_setgroups) {
        constexpr std::uint64_t most_groups = 65536;
        if (!is_root) return {0, EPERM};
        if (given[0] > most_groups) return {0, EINVAL};
        std::vector<gid_t> groups(given[0]);
        read(given[1], groups.data(), given[0] * sizeof(gid_t));
        ids.supplementary = std::move(groups);
        return {};
    }
    if (call == SYS_setuid || call == SYS_setreuid || call == SYS_setresuid)
        return {0, set_ids(ids.users, wanted_ids(given, ids.users, count_of(call)), is_root)};
    // Root may set all three by setgid, whatever the effective group is.
    std::array<std::uint32_t, 3> now = ids.groups;
    if (is_root) now[1] = 0;
    return {0, set_ids(ids.groups, wanted_ids(given, now, count_of(call)), is_root)};
}

IdentityAnswer tell_identity(long call, const std::array<std::uint64_t, 3>& given, const FakedIds& ids,
                             const WriteMemory& write) {
    if (call == SYS_getuid) return {ids.users[0], 0};
    if (call == SYS_geteuid) return {ids.users[1], 0};
    if (call == SYS_getgid) return {ids.groups[0], 0};
    if (call == SYS_getegid) return {ids.groups[1], 0};
    if (call == SYS_getgroups) {
        const std::size_t count = ids.supplementary.size();
        if (static_cast<int>(given[0]) < 0) return {0, EINVAL};
        if (given[0] == 0) return {static_cast<std::int64_t>(count), 0};
        if (given[0] < count) return {0, EINVAL};
        write(given[1], ids.supplementary.data(), count * sizeof(gid_t));
        return {static_cast<std::int64_t>(count), 0};
    }
    const std::array<std::uint32_t, 3>& three = call == SYS_getresuid ? ids.users : ids.groups;
    for (std::size_t i = 0; i < three.size(); ++i) write(given[i], &three[i], sizeof(std::uint32_t));
    return {};
}

}  // namespace runtime
