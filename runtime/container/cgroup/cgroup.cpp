#include "runtime/container/cgroup/cgroup.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/container/cgroup/systemd_scope.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace runtime {
namespace {

constexpr const char* cgroup_root = "/sys/fs/cgroup";

void set_value(const std::string& folder, const std::string& file, const std::string& value, const char* flag) {
    const std::string path = folder + "/" + file;
    try {
        const Fd opened = open_path(path, O_WRONLY);
        write_all(opened, value, path);
    } catch (Error& error) {
        error.add_context("cannot set {}", flag);
        error.with_hint("this host does not let builder set that limit; leave the flag out");
        throw;
    }
}

/// cpu.weight of version 2 from cpu.shares of version 1, as runc and systemd translate it.
std::int64_t weight_of_shares(std::int64_t shares) {
    return 1 + ((shares - 2) * 9999) / 262142;
}

std::string parent_value(const std::string& folder, const char* file) {
    std::string value = read_file_if_exists(folder.substr(0, folder.rfind('/')) + "/" + file).value_or("");
    value.erase(value.find_last_not_of(" \n") + 1);
    return value;
}

}  // namespace

Cgroup::Cgroup(const CgroupLimits& limits, const CgroupWishes& wishes) : wishes_(wishes), parent_(wishes.parent) {
    const bool is_slice = !parent_.empty() && !parent_.starts_with("/");
    if (is_slice && !is_cgroup_version_2()) parent_ = path_of_slice(parent_);
    try {
        is_cgroup_version_2() ? make_version_2(limits) : make_version_1(limits);
    } catch (...) {
        remove();
        throw;
    }
}

Cgroup::~Cgroup() {
    remove();
}

namespace {

constexpr std::string_view name_start = "builder-";

/// A cgroup cannot be removed before the last process in it is reaped, which whoever ended it is about to do.
void remove_folder(const std::string& folder) noexcept {
    if (const Fd kill(::open((folder + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC)); kill) [[maybe_unused]]
        const ssize_t written = ::write(kill.get(), "1", 1);
    constexpr int most_tries = 200;
    for (int tries = 0; tries < most_tries && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++tries) ::usleep(1000);
}

bool is_name_of_ours(std::string_view name) {
    if (!name.starts_with(name_start)) return false;
    return name.find_first_not_of("0123456789", name_start.size()) == std::string_view::npos;
}

/// Cgroups outlive a build that is killed. It had a lock on them, which the kernel has let go of.
void remove_leftovers(const std::string& parent) {
    const Fd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return;
    for (const FolderEntry& entry : list_folder(folder)) {
        if (!is_name_of_ours(entry.name)) continue;
        const Fd left(::openat(folder.get(), entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (left && ::flock(left.get(), LOCK_EX | LOCK_NB) == 0) ::rmdir((parent + "/" + entry.name).c_str());
    }
}

/// Nothing where somebody who looked for leftovers has removed it meanwhile.
Fd lock_folder(const std::string& path) {
    Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    while (folder && ::flock(folder.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
    struct stat there {};
    if (!folder || ::stat(path.c_str(), &there) != 0 || stat_of(folder).st_ino != there.st_ino) return Fd();
    return folder;
}

}  // namespace

void Cgroup::remove() noexcept {
    for (const std::string& folder : folders_) remove_folder(folder);
    for (auto folder = made_parents_.rbegin(); folder != made_parents_.rend(); ++folder) ::rmdir(folder->c_str());
}

std::string Cgroup::add_below(const std::string& folder) {
    remove_leftovers(folder);
    std::string made = fmt::format("{}{}{}{}", folder, folder.ends_with("/") ? "" : "/", name_start, ::getpid());
    Fd lock;
    do {
        if (::mkdir(made.c_str(), 0755) != 0 && errno != EEXIST)
            throw SystemError("cannot make the cgroup {}", quoted(made))
                .with_hint(
                    "limits need a cgroup that builder may change, which it gets from systemd with cgroups of version "
                    "2; or leave the flags out");
        lock = lock_folder(made);
    } while (!lock);
    folders_.push_back(made);
    locks_.push_back(std::move(lock));
    return made;
}

void Cgroup::make_parents(const std::string& hierarchy) {
    if (!parent_.starts_with("/")) return;
    // Each missing folder is made by itself, so that it can be taken away again.
    for (std::size_t end = parent_.find('/', 1);; end = parent_.find('/', end + 1)) {
        const std::string folder = hierarchy + parent_.substr(0, end);
        if (::mkdir(folder.c_str(), 0755) == 0)
            made_parents_.push_back(folder);
        else if (errno != EEXIST)
            throw SystemError("cannot make the cgroup {}", quoted(folder));
        if (end == std::string::npos) break;
    }
}

void Cgroup::make_version_1(const CgroupLimits& limits) {
    const auto folder = [this](const std::string& controller) {
        const std::string hierarchy = std::string(cgroup_root) + "/" + controller;
        if (::access(hierarchy.c_str(), F_OK) != 0)
            throw Error("this host has no cgroup controller {}", controller)
                .with_hint("leave the flag that needs it out");
        make_parents(hierarchy);
        return add_below(hierarchy + (parent_.empty() ? own_cgroup(controller) : parent_));
    };
    if (limits.memory_bytes || limits.memory_and_swap_bytes) {
        const std::string memory = folder("memory");
        if (limits.memory_bytes)
            set_value(memory, "memory.limit_in_bytes", fmt::format("{}", *limits.memory_bytes), "--memory");
        if (limits.memory_and_swap_bytes)
            set_value(memory, "memory.memsw.limit_in_bytes", fmt::format("{}", *limits.memory_and_swap_bytes),
                      "--memory-swap");
    }
    if (limits.cpu_shares || limits.cpu_quota_microseconds || limits.cpu_period_microseconds) {
        const std::string cpu = folder("cpu");
        if (limits.cpu_shares) set_value(cpu, "cpu.shares", fmt::format("{}", *limits.cpu_shares), "--cpu-shares");
        if (limits.cpu_period_microseconds)
            set_value(cpu, "cpu.cfs_period_us", fmt::format("{}", *limits.cpu_period_microseconds), "--cpu-period");
        if (limits.cpu_quota_microseconds)
            set_value(cpu, "cpu.cfs_quota_us", fmt::format("{}", *limits.cpu_quota_microseconds), "--cpu-quota");
    }
    if (!limits.cpuset_cpus.empty() || !limits.cpuset_mems.empty()) {
        const std::string cpuset = folder("cpuset");
        // A new cpuset of version 1 is empty, and nothing can be put into it before both are set.
        const std::string cpus = limits.cpuset_cpus.empty() ? parent_value(cpuset, "cpuset.cpus") : limits.cpuset_cpus;
        const std::string mems = limits.cpuset_mems.empty() ? parent_value(cpuset, "cpuset.mems") : limits.cpuset_mems;
        set_value(cpuset, "cpuset.cpus", cpus, "--cpuset-cpus");
        set_value(cpuset, "cpuset.mems", mems, "--cpuset-mems");
    }
    if (limits.most_processes)
        set_value(folder("pids"), "pids.max", fmt::format("{}", *limits.most_processes), "--pids-limit");
}

std::vector<std::string> controllers_for(const CgroupLimits& limits) {
    std::vector<std::string> names;
    if (limits.memory_bytes || limits.memory_and_swap_bytes) names.emplace_back("memory");
    if (limits.cpu_shares || limits.cpu_quota_microseconds || limits.cpu_period_microseconds) names.emplace_back("cpu");
    if (!limits.cpuset_cpus.empty() || !limits.cpuset_mems.empty()) names.emplace_back("cpuset");
    if (limits.most_processes) names.emplace_back("pids");
    return names;
}

void Cgroup::make_version_2(const CgroupLimits& limits) {
    const std::vector<std::string> names = controllers_for(limits);
    make_parents(cgroup_root);
    const std::string folder = add_below(cgroup_root + find_cgroup_place(names, wishes_));
    if (limits.memory_bytes) set_value(folder, "memory.max", fmt::format("{}", *limits.memory_bytes), "--memory");
    if (limits.memory_and_swap_bytes) {
        const std::int64_t swap = *limits.memory_and_swap_bytes - limits.memory_bytes.value_or(0);
        set_value(folder, "memory.swap.max", *limits.memory_and_swap_bytes < 0 ? "max" : fmt::format("{}", swap),
                  "--memory-swap");
    }
    if (limits.cpu_shares)
        set_value(folder, "cpu.weight", fmt::format("{}", weight_of_shares(*limits.cpu_shares)), "--cpu-shares");
    if (limits.cpu_quota_microseconds || limits.cpu_period_microseconds) {
        const std::string quota =
            limits.cpu_quota_microseconds ? fmt::format("{}", *limits.cpu_quota_microseconds) : "max";
        set_value(folder, "cpu.max", fmt::format("{} {}", quota, limits.cpu_period_microseconds.value_or(100'000)),
                  "--cpu-quota");
    }
    if (!limits.cpuset_cpus.empty()) set_value(folder, "cpuset.cpus", limits.cpuset_cpus, "--cpuset-cpus");
    if (!limits.cpuset_mems.empty()) set_value(folder, "cpuset.mems", limits.cpuset_mems, "--cpuset-mems");
    if (limits.most_processes) set_value(folder, "pids.max", fmt::format("{}", *limits.most_processes), "--pids-limit");
}

}  // namespace runtime
