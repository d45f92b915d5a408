// Which version of cgroups this host has, where cgroups can be, and what they counted: cgroups(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/container/exit_report.hpp"

namespace runtime {

/// Whether /sys/fs/cgroup is a tree of version 2, and not one of version 1 or of both.
bool is_cgroup_version_2();

/// All folders where a cgroup of this name can be that another program makes: below `parent` or, where that is empty,
/// below the cgroups of this process and at the top, as programs differ in that.
std::vector<std::string> places_of_cgroup(const std::string& parent, const std::string& name);

/// How often the kernel has ended a process of these cgroups because it wanted more memory than they may have.
std::uint64_t count_memory_kills(const std::vector<std::string>& cgroup_folders);

/// What all processes of cgroups have used; nothing where no controller counts it.
struct CgroupUse {
    std::optional<std::int64_t> cpu_microseconds;
    std::optional<std::int64_t> peak_memory_bytes;
    std::optional<std::int64_t> read_bytes;
    std::optional<std::int64_t> written_bytes;
};
CgroupUse read_cgroup_use(const std::vector<std::string>& cgroup_folders);

/// Takes what a container's cgroups counted where that is more: they count the processes that nobody waited for, too.
void take_larger(ResourceUse& use, const CgroupUse& counted);

}  // namespace runtime
