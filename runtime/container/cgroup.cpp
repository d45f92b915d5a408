#include "runtime/container/cgroup.hpp"

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <sstream>

#include "runtime/base/error.hpp"
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

Cgroup::Cgroup(const CgroupLimits& limits, const std::string& parent) : parent_(parent) {
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
                "limits need a cgroup that builder may change: systemd-run --user --scope -p Delegate=yes builder "
                "… gives one; or leave the flags out");
    folders_.push_back(made);
    return made;
}

std::string Cgroup::add_folder(const std::string& hierarchy, const std::string& above) {
    if (parent_.empty()) return add_below(hierarchy + above);
    // Each missing folder is made by itself, so that it can be taken away again.
    for (std::size_t end = parent_.find('/', 1);; end = parent_.find('/', end + 1)) {
        const std::string folder = hierarchy + parent_.substr(0, end);
        if (::mkdir(folder.c_str(), 0755) == 0)
            made_parents_.push_back(folder);
        else if (errno != EEXIST)
            throw SystemError("cannot make the cgroup {}", quoted(folder));
        if (end == std::string::npos) break;
    }
    return add_below(hierarchy + parent_);
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

namespace {

/// The controllers that limits need.
std::vector<std::string> controllers_for(const CgroupLimits& limits) {
    std::vector<std::string> names;
    if (limits.memory_bytes || limits.memory_and_swap_bytes) names.emplace_back("memory");
    if (limits.cpu_shares || limits.cpu_quota_microseconds || limits.cpu_period_microseconds) names.emplace_back("cpu");
    if (!limits.cpuset_cpus.empty() || !limits.cpuset_mems.empty()) names.emplace_back("cpuset");
    if (limits.most_processes) names.emplace_back("pids");
    return names;
}

bool lists(const std::string& file, const std::string& name) {
    std::istringstream words(read_file_if_exists(file).value_or(""));
    return std::find(std::istream_iterator<std::string>(words), {}, name) != std::istream_iterator<std::string>();
}

/// Whether cgroups below a folder have these controllers, now or after switching them on. The kernel refuses to switch
/// on where processes are in the folder itself, and where it was not delegated.
bool gives_controllers(const std::string& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (lists(folder + "/cgroup.subtree_control", name)) continue;
        const Fd file(::open((folder + "/cgroup.subtree_control").c_str(), O_WRONLY | O_CLOEXEC));
        const std::string word = "+" + name;
        if (!file || ::write(file.get(), word.data(), word.size()) < 0) return false;
    }
    return true;
}

/// The nearest cgroup from a path upwards that cgroups with these controllers can be made in by this user.
std::string find_giver(std::string path, const std::vector<std::string>& names) {
    for (;; path.erase(path.rfind('/'))) {
        const std::string folder = cgroup_root + path;
        if (::access(folder.c_str(), W_OK) == 0 && gives_controllers(folder, names)) return path;
        if (path.empty() || path == "/") break;
    }
    const std::string available = read_file_if_exists(std::string(cgroup_root) + "/cgroup.controllers").value_or("");
    for (const std::string& name : names)
        if (!lists(std::string(cgroup_root) + "/cgroup.controllers", name))
            throw Error("this host has no cgroup controller {}", name).with_hint("leave the flag that needs it out");
    throw Error("no cgroup that builder may change has the controllers {}", fmt::join(names, ", "))
        .with_hint("systemd-run --user --scope -p Delegate=yes builder … gives one; or leave the flags out");
}

}  // namespace

void Cgroup::make_version_2(const CgroupLimits& limits) {
    const std::vector<std::string> names = controllers_for(limits);
    std::string folder;
    if (parent_.empty()) {
        folder = add_below(cgroup_root + find_giver(own_path(""), names));
    } else {
        folder = add_folder(cgroup_root, "");
        for (std::size_t end = 0; end != std::string::npos; end = parent_.find('/', end + 1))
            gives_controllers(cgroup_root + parent_.substr(0, end), names);
        gives_controllers(cgroup_root + parent_, names);
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
