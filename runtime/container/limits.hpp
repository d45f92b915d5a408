// Limits of a container: rlimits, and cgroups of version 1, version 2 or both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/container/container_spec.hpp"

namespace runtime {

/// "nofile=1024:2048" or "nofile=1024", with the names of setrlimit(2) in lower case; -1 and unlimited are no limit.
/// What lies above the hard limit of this process is clamped to it where it may not be raised; `clamped` then says so
/// in one sentence. Throws Error for an unknown name or a value that is no number.
ResourceLimit parse_resource_limit(std::string_view text, std::string& clamped);

/// The cgroups of a build, one in each hierarchy that a limit needs. Removes them on leaving the scope.
class Cgroup {
public:
    /// Throws Error naming the limit that this host cannot set, and why.
    explicit Cgroup(const CgroupLimits& limits);
    ~Cgroup();
    Cgroup(const Cgroup&) = delete;
    Cgroup& operator=(const Cgroup&) = delete;
    const std::vector<std::string>& folders() const noexcept { return folders_; }

private:
    void make_version_1(const CgroupLimits& limits);
    void make_version_2(const CgroupLimits& limits);
    std::string add_folder(const std::string& hierarchy, const std::string& own_path);
    void remove() noexcept;
    std::vector<std::string> folders_;
};

/// The name of a resource as parse_resource_limit takes it.
std::string resource_limit_name(int resource);

/// Whether /sys/fs/cgroup is a tree of version 2, and not one of version 1 or of both.
bool is_cgroup_version_2();

/// The folders of the cgroups that a process is in.
std::vector<std::string> cgroup_folders_of(pid_t process);

/// How often the kernel has ended a process of these cgroups because it wanted more memory than they may have.
std::uint64_t count_memory_kills(const std::vector<std::string>& cgroup_folders);

}  // namespace runtime
