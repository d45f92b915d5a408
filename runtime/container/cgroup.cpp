#include "runtime/container/cgroup.hpp"

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/container/systemd_scope.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

constexpr const char* cgroup_root = "/sys/fs/cgroup";
constexpr long cgroup2_magic = 0x63677270;

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

bool is_cgroup_version_2() {
    struct statfs status {};
    return ::statfs(cgroup_root, &status) == 0 && status.f_type == cgroup2_magic;
}

std::vector<std::string> places_of_cgroup(const std::string& parent, const std::string& name) {
    std::vector<std::string> places;
    std::istringstream lines(read_file_if_exists("/proc/self/cgroup").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::string hierarchy = line.substr(first + 1, second - first - 1);
        if (hierarchy.starts_with("name=")) hierarchy.erase(0, 5);
        if (hierarchy.empty() && !is_cgroup_version_2()) hierarchy = "unified";
        const std::string top = cgroup_root + (hierarchy.empty() ? "" : "/" + hierarchy);
        const std::string own = line.substr(second + 1);
        places.push_back(top + parent + "/" + name);
        if (parent.empty() && own != "/") places.push_back(top + own + "/" + name);
    }
    return places;
}

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

/// A cgroup cannot be removed before the last process in it is reaped, which whoever ended it is about to do.
void remove_folder(const std::string& folder) {
    if (const auto kill = open_if_exists(folder + "/cgroup.kill", O_WRONLY)) [[maybe_unused]]
        const ssize_t written = ::write(kill->get(), "1", 1);
    constexpr int most_tries = 200;
    for (int tries = 0; tries < most_tries && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++tries) ::usleep(1000);
}

}  // namespace

void Cgroup::remove() noexcept {
    try {
        for (const std::string& folder : folders_) remove_folder(folder);
    } catch (const Error&) {
        // It stays, empty.
    }
    for (auto folder = made_parents_.rbegin(); folder != made_parents_.rend(); ++folder) ::rmdir(folder->c_str());
}

std::string Cgroup::add_below(const std::string& folder) {
    std::string made = fmt::format("{}{}builder-{}", folder, folder.ends_with("/") ? "" : "/", ::getpid());
    if (::mkdir(made.c_str(), 0755) != 0 && errno != EEXIST)
        throw SystemError("cannot make the cgroup {}", quoted(made))
            .with_hint(
                "limits need a cgroup that builder may change, which it gets from systemd with cgroups of version 2; "
                "or leave the flags out");
    folders_.push_back(made);
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

namespace {

/// The number behind a word at the beginning of a line, or the whole text where the word is empty.
std::optional<std::int64_t> number_in(const std::string& file, std::string_view word) {
    const std::string text = "\n" + read_file_if_exists(file).value_or("");
    const std::size_t start = word.empty() ? 0 : text.find(fmt::format("\n{} ", word));
    if (start == std::string::npos || text.size() < 2) return std::nullopt;
    std::int64_t value = 0;
    const char* const first = text.data() + start + 1 + (word.empty() ? 0 : word.size() + 1);
    const auto [end, error] = std::from_chars(first, text.data() + text.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

/// The sum of all "key=NUMBER" of io.stat (version 2), or of all "DEVICE Key NUMBER" of blkio (version 1).
std::optional<std::int64_t> sum_in(const std::string& file, std::string_view key) {
    const auto text = read_file_if_exists(file);
    if (!text) return std::nullopt;
    std::int64_t sum = 0;
    for (std::size_t at = text->find(key); at != std::string::npos; at = text->find(key, at + 1)) {
        std::int64_t value = 0;
        std::from_chars(text->data() + at + key.size(), text->data() + text->size(), value);
        sum += value;
    }
    return sum;
}

template <typename Value>
void take(std::optional<Value>& target, const std::optional<Value>& value, Value divisor = 1) {
    if (value) target = *value / divisor;
}

}  // namespace

CgroupUse read_cgroup_use(const std::vector<std::string>& cgroup_folders) {
    CgroupUse use;
    for (const std::string& folder : cgroup_folders) {
        take(use.cpu_microseconds, number_in(folder + "/cpu.stat", "usage_usec"));
        take(use.cpu_microseconds, number_in(folder + "/cpuacct.usage", ""), std::int64_t{1000});
        take(use.peak_memory_bytes, number_in(folder + "/memory.peak", ""));
        take(use.peak_memory_bytes, number_in(folder + "/memory.max_usage_in_bytes", ""));
        take(use.read_bytes, sum_in(folder + "/io.stat", " rbytes="));
        take(use.written_bytes, sum_in(folder + "/io.stat", " wbytes="));
        take(use.read_bytes, sum_in(folder + "/blkio.throttle.io_service_bytes", " Read "));
        take(use.written_bytes, sum_in(folder + "/blkio.throttle.io_service_bytes", " Write "));
    }
    return use;
}

void take_larger(ResourceUse& use, const CgroupUse& counted) {
    constexpr std::int64_t block_bytes = 512;
    const std::int64_t known = use.user_microseconds + use.system_microseconds;
    use.user_microseconds += std::max<std::int64_t>(0, counted.cpu_microseconds.value_or(0) - known);
    use.peak_memory_bytes = std::max(use.peak_memory_bytes, counted.peak_memory_bytes.value_or(0));
    use.blocks_read = std::max(use.blocks_read, counted.read_bytes.value_or(0) / block_bytes);
    use.blocks_written = std::max(use.blocks_written, counted.written_bytes.value_or(0) / block_bytes);
}

}  // namespace runtime
