// Control groups of version 1, version 2, or both: cgroups(7).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/container/cgroup/cgroup_place.hpp"
#include "runtime/container/cgroup/cgroup_use.hpp"
#include "runtime/container/container_spec.hpp"
#include "runtime/sys/fd.hpp"

namespace runtime {

/// The cgroups of a build, one in each hierarchy that a limit needs. On leaving the scope what runs in them is ended,
/// and they are removed. Those of a build that was killed are removed when the next ones are made beside them.
class Cgroup {
public:
    /// Below the parent that is wished for, which is made where it is missing; else, with version 1, below the cgroup
    /// of this process, and with version 2 where find_cgroup_place() says. Throws Error naming the limit that this host
    /// cannot set, and why.
    explicit Cgroup(const CgroupLimits& limits, const CgroupWishes& wishes = {});
    ~Cgroup();
    Cgroup(const Cgroup&) = delete;
    Cgroup& operator=(const Cgroup&) = delete;
    const std::vector<std::string>& folders() const noexcept { return folders_; }

private:
    void make_version_1(const CgroupLimits& limits);
    void make_version_2(const CgroupLimits& limits);
    void make_parents(const std::string& hierarchy);
    std::string add_below(const std::string& folder);
    void remove() noexcept;
    CgroupWishes wishes_;
    std::string parent_;  ///< a path from the top of the hierarchies; empty: the cgroup of this process
    std::vector<std::string> made_parents_;
    std::vector<std::string> folders_;
    std::vector<Fd> locks_;  ///< on the folders: they belong to a living process
};

/// The controllers that limits need.
std::vector<std::string> controllers_for(const CgroupLimits& limits);

}  // namespace runtime
