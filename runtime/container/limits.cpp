#include "runtime/container/limits.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <map>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr const char* cgroup_root = "/sys/fs/cgroup";
constexpr long cgroup2_magic = 0x63677270;

struct ResourceName {
    std::string_view name;
    int number;
};
constexpr std::array resource_names = {
    ResourceName{"core", RLIMIT_CORE},         ResourceName{"cpu", RLIMIT_CPU},
    ResourceName{"data", RLIMIT_DATA},         ResourceName{"fsize", RLIMIT_FSIZE},
    ResourceName{"locks", RLIMIT_LOCKS},       ResourceName{"memlock", RLIMIT_MEMLOCK},
    ResourceName{"msgqueue", RLIMIT_MSGQUEUE}, ResourceName{"nice", RLIMIT_NICE},
    ResourceName{"nofile", RLIMIT_NOFILE},     ResourceName{"nproc", RLIMIT_NPROC},
    ResourceName{"rss", RLIMIT_RSS},           ResourceName{"rtprio", RLIMIT_RTPRIO},
    ResourceName{"rttime", RLIMIT_RTTIME},     ResourceName{"sigpending", RLIMIT_SIGPENDING},
    ResourceName{"stack", RLIMIT_STACK}};

int resource_number(std::string_view name) {
    for (const ResourceName& known : resource_names)
        if (known.name == name) return known.number;
    throw Error("{} is not a resource limit", quoted(name))
        .with_hint("the names are those of setrlimit(2): nofile, nproc, core …");
}

std::uint64_t limit_value(std::string_view text, std::string_view whole) {
    if (text == "-1" || text == "unlimited") return RLIM_INFINITY;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        throw Error("{} is not a resource limit: it is NAME=SOFT or NAME=SOFT:HARD", quoted(whole));
    return value;
}

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

/// The path of this process in a hierarchy: of the line "N:controllers:path" that names the controller; "" is
/// version 2.
std::string own_path(const std::string& controller) {
    const std::string text = read_file("/proc/self/cgroup");
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        if (controllers.find("," + controller + ",") != std::string::npos) return line.substr(second + 1);
        start = end + 1;
    }
    return "/";
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

std::string resource_limit_name(int resource) {
    for (const ResourceName& known : resource_names)
        if (known.number == resource) return std::string(known.name);
    throw Error("{} is not a resource limit", resource);
}

bool is_cgroup_version_2() {
    struct statfs status {};
    return ::statfs(cgroup_root, &status) == 0 && status.f_type == cgroup2_magic;
}

std::vector<std::string> cgroup_folders_of(pid_t process) {
    const std::string text = read_file_if_exists(fmt::format("/proc/{}/cgroup", process)).value_or("");
    std::vector<std::string> folders;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        start = end + 1;
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::string hierarchy = line.substr(first + 1, second - first - 1);
        if (hierarchy.starts_with("name=")) hierarchy.erase(0, 5);
        if (hierarchy.empty() && !is_cgroup_version_2()) hierarchy = "unified";
        folders.push_back(std::string(cgroup_root) + (hierarchy.empty() ? "" : "/") + hierarchy +
                          line.substr(second + 1));
    }
    return folders;
}

ResourceLimit parse_resource_limit(std::string_view text, std::string& clamped) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        throw Error("{} is not a resource limit: it is NAME=SOFT or NAME=SOFT:HARD", quoted(text));
    ResourceLimit limit;
    limit.resource = resource_number(text.substr(0, equals));
    const std::string_view values = text.substr(equals + 1);
    const std::size_t colon = values.find(':');
    limit.soft = limit_value(values.substr(0, colon), text);
    limit.hard = colon == std::string_view::npos ? limit.soft : limit_value(values.substr(colon + 1), text);
    if (limit.soft > limit.hard) throw Error("{}: the soft limit is above the hard one", quoted(text));
    rlimit own{};
    ::getrlimit(static_cast<__rlimit_resource>(limit.resource), &own);
    const bool may_raise = (bounding_capabilities() & capability("sys_resource")) != 0;
    if (limit.hard > own.rlim_max && !may_raise) {
        clamped = fmt::format("--ulimit {}: the host's hard limit is {}, and builder may not raise it; that is used",
                              text, own.rlim_max);
        limit.hard = own.rlim_max;
        limit.soft = std::min(limit.soft, limit.hard);
    }
    return limit;
}

Cgroup::Cgroup(const CgroupLimits& limits) {
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

void Cgroup::remove() noexcept {
    for (const std::string& folder : folders_) ::rmdir(folder.c_str());
}

std::string Cgroup::add_folder(const std::string& hierarchy, const std::string& own) {
    const std::string folder =
        fmt::format("{}{}{}builder-{}", hierarchy, own, own.ends_with("/") ? "" : "/", ::getpid());
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
        throw SystemError("cannot make the cgroup {}", quoted(folder))
            .with_hint("limits need a cgroup that builder may change; leave the flags out");
    folders_.push_back(folder);
    return folder;
}

void Cgroup::make_version_1(const CgroupLimits& limits) {
    const auto folder = [this](const std::string& controller) {
        const std::string hierarchy = std::string(cgroup_root) + "/" + controller;
        if (::access(hierarchy.c_str(), F_OK) != 0)
            throw Error("this host has no cgroup controller {}", controller)
                .with_hint("leave the flag that needs it out");
        return add_folder(hierarchy, own_path(controller));
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

void Cgroup::make_version_2(const CgroupLimits& limits) {
    const std::string folder = add_folder(cgroup_root, own_path(""));
    const std::string parent = folder.substr(0, folder.rfind('/'));
    for (const char* controller : {"+memory", "+cpu", "+cpuset", "+pids"}) {
        const auto file = open_if_exists(parent + "/cgroup.subtree_control", O_WRONLY);
        // Refused where processes are in the parent or the controller is not delegated; the value below then says
        // which.
        if (file) [[maybe_unused]]
            const ssize_t written = ::write(file->get(), controller, std::string_view(controller).size());
    }
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

std::uint64_t count_memory_kills(const std::vector<std::string>& cgroup_folders) {
    std::uint64_t kills = 0;
    for (const std::string& folder : cgroup_folders)
        for (const char* file : {"/memory.events", "/memory.oom_control"}) {
            const std::string text = "\n" + read_file_if_exists(folder + file).value_or("");
            constexpr std::string_view line = "\noom_kill ";
            const std::size_t start = text.find(line);
            if (start == std::string::npos) continue;
            std::uint64_t count = 0;
            std::from_chars(text.data() + start + line.size(), text.data() + text.size(), count);
            kills += count;
        }
    return kills;
}

}  // namespace runtime
