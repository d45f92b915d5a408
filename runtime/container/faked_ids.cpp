#include "runtime/container/faked_ids.hpp"

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

bool is_change(long call) {
    for (const long one : {SYS_setuid, SYS_setreuid, SYS_setresuid, SYS_setgid, SYS_setregid, SYS_setresgid,
                           SYS_setgroups, SYS_setfsuid, SYS_setfsgid})
        if (call == one) return true;
    return false;
}

bool is_question(long call) {
    for (const long one :
         {SYS_getuid, SYS_geteuid, SYS_getresuid, SYS_getgid, SYS_getegid, SYS_getresgid, SYS_getgroups})
        if (call == one) return true;
    return false;
}

}  // namespace

const std::vector<const char*>& FakedIdentities::calls() {
    static const std::vector<const char*> names = {
        "setuid",   "setreuid", "setresuid", "setgid",    "setregid", "setresgid", "setgroups", "setfsuid",
        "setfsgid", "getuid",   "geteuid",   "getresuid", "getgid",   "getegid",   "getresgid", "getgroups"};
    return names;
}

/// Nobody was ever anybody but root: then there is nothing to look up.
bool FakedIdentities::is_plain() const {
    return changed_.empty() && first_.users[0] == 0 && first_.groups[0] == 0 && first_.supplementary.empty();
}

/// A process is who its nearest ancestor became.
const FakedIds& FakedIdentities::ids_of(const KnownProcess& process) const {
    KnownProcess one = process;
    for (int steps = 0; steps < 1000; ++steps) {
        if (const auto found = changed_.find({one.number, one.start}); found != changed_.end()) return found->second;
        if (one.parent.empty() || one.parent == "0") break;
        one = access_.find(one.parent);
    }
    return first_;
}

std::optional<FakedIdentities::Answer> FakedIdentities::answer(long call, const std::string& thread,
                                                               const std::array<std::uint64_t, 3>& given) {
    if (is_change(call)) return change(call, thread, given);
    if (!is_question(call)) return std::nullopt;
    if (is_plain()) return Answer{true, 0, 0};
    return tell(call, ids_of(access_.find(thread)), thread, given);
}

FakedIdentities::Answer FakedIdentities::change(long call, const std::string& thread,
                                                const std::array<std::uint64_t, 3>& given) {
    if (call == SYS_setfsuid || call == SYS_setfsgid) return {};
    const KnownProcess process = access_.find(thread);
    FakedIds ids = ids_of(process);
    const bool is_root = ids.users[1] == 0;
    int error = 0;
    if (call == SYS_setgroups) {
        constexpr std::uint64_t most_groups = 65536;
        if (!is_root) return {false, 0, EPERM};
        if (given[0] > most_groups) return {false, 0, EINVAL};
        ids.supplementary.resize(given[0]);
        access_.read(process.number, given[1], ids.supplementary.data(), given[0] * sizeof(gid_t));
    } else if (call == SYS_setuid || call == SYS_setreuid || call == SYS_setresuid) {
        error = set_ids(ids.users, wanted_ids(given, ids.users, count_of(call)), is_root);
    } else {
        // Root may set all three by setgid, whatever the effective group is.
        std::array<std::uint32_t, 3> now = ids.groups;
        if (is_root) now[1] = 0;
        error = set_ids(ids.groups, wanted_ids(given, now, count_of(call)), is_root);
    }
    if (error == 0) changed_[{process.number, process.start}] = std::move(ids);
    return {false, 0, error};
}

FakedIdentities::Answer FakedIdentities::tell(long call, const FakedIds& ids, const std::string& thread,
                                              const std::array<std::uint64_t, 3>& given) const {
    if (call == SYS_getuid) return {false, ids.users[0], 0};
    if (call == SYS_geteuid) return {false, ids.users[1], 0};
    if (call == SYS_getgid) return {false, ids.groups[0], 0};
    if (call == SYS_getegid) return {false, ids.groups[1], 0};
    if (call == SYS_getgroups) {
        const std::size_t count = ids.supplementary.size();
        if (static_cast<int>(given[0]) < 0) return {false, 0, EINVAL};
        if (given[0] == 0) return {false, static_cast<std::int64_t>(count), 0};
        if (given[0] < count) return {false, 0, EINVAL};
        access_.write(thread, given[1], ids.supplementary.data(), count * sizeof(gid_t));
        return {false, static_cast<std::int64_t>(count), 0};
    }
    const std::array<std::uint32_t, 3>& three = call == SYS_getresuid ? ids.users : ids.groups;
    for (std::size_t i = 0; i < three.size(); ++i) access_.write(thread, given[i], &three[i], sizeof(std::uint32_t));
    return {};
}

}  // namespace runtime
