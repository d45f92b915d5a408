#include "runtime/sys/privileges.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/sys/capabilities.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/user_namespace.hpp"

namespace runtime {
namespace {

constexpr const char* user_variable = "_CONTAINERS_ROOTLESS_UID";
constexpr std::uint64_t all_ids = 4'294'967'295;

/// How many user IDs this process's namespace has; all of them in the first one of the host.
std::uint64_t count_user_ids() {
    std::istringstream lines(read_file_if_exists("/proc/self/uid_map").value_or(""));
    std::uint64_t inside = 0, outside = 0, count = 0, sum = 0;
    while (lines >> inside >> outside >> count) sum += count;
    return sum;
}

HostRights rights_inside() {
    const std::uint64_t ids = count_user_ids();
    if (ids == all_ids) return {};
    if (ids > 1) return {Privileges::user_ranges, "this is a user namespace", ""};
    return {Privileges::single_user, "the user namespace has one ID only",
            "give the user ranges in /etc/subuid and /etc/subgid, and install newuidmap (package uidmap)"};
}

/// An ordinary user, or a root that was left without its rights.
HostRights move_into_namespace() {
    std::string notice;
    try {
        enter_user_namespace(notice);
    } catch (const Error& error) {
        keep_modes_aside(true);
        return {Privileges::none, error.full_message(), error.hint()};
    }
    HostRights rights = rights_inside();
    rights.moved = true;
    if (rights.level == Privileges::single_user) rights.reason = notice;
    if (rights.level == Privileges::user_ranges) rights.reason = "the program was not started as root";
    return rights;
}

/// Root of a user namespace that was made without a mount namespace (unshare -Ur) may mount nothing where it is.
bool owns_mount_namespace() {
    const Fd mounts(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
    const Fd owner(mounts ? ::ioctl(mounts.get(), NS_GET_USERNS) : -1);
    if (!owner) return errno != EPERM;
    struct stat of_mounts {
    }, of_process{};
    return ::fstat(owner.get(), &of_mounts) != 0 || ::stat("/proc/self/ns/user", &of_process) != 0 ||
           of_mounts.st_ino == of_process.st_ino;
}

HostRights find_rights() {
    invoking_user();
    if (::geteuid() != 0 || (effective_capabilities() & capability("sys_admin")) == 0) return move_into_namespace();
    const bool has_mounts = owns_mount_namespace();
    if (!has_mounts && ::unshare(CLONE_NEWNS) != 0) return move_into_namespace();
    HostRights rights = rights_inside();
    rights.moved = !has_mounts;
    return rights;
}

uid_t find_invoking_user() {
    const uid_t user = ::geteuid();
    const char* const said = std::getenv(user_variable);
    if (user != 0 || said == nullptr || *said == '\0' || count_user_ids() == all_ids) return user;
    return static_cast<uid_t>(std::strtoul(said, nullptr, 10));
}

}  // namespace

const HostRights& acquire_rights() {
    static const HostRights rights = find_rights();
    return rights;
}

uid_t invoking_user() {
    static const uid_t user = find_invoking_user();
    return user;
}

bool keeps_owners_aside(Privileges level) noexcept {
    return level == Privileges::single_user || level == Privileges::none;
}

const char* describe(Privileges level) noexcept {
    constexpr std::array texts = {"root", "root of a user namespace with ranges of IDs",
                                  "root of a user namespace with a single ID", "an ordinary process"};
    return texts.at(static_cast<std::size_t>(level));
}

}  // namespace runtime
