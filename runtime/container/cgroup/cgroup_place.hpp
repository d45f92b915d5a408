// Where in the tree of cgroups of version 2 the cgroups of a build can be: cgroups(7), cgroup-v2 of the kernel's
// documentation, "Control Group APIs and Delegation" of systemd.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace runtime {

enum class CgroupManager {
    as_needed,  ///< systemd where it runs and the cgroup of this process was not given to it, else nobody
    systemd,
    nobody,  ///< cgroups are made in the tree, whoever manages it
};

struct CgroupWishes {
    std::string parent;  ///< a path from the top of the hierarchies, or a slice of systemd; empty: where it can be
    CgroupManager manager = CgroupManager::as_needed;
    pid_t runner = 0;           ///< what the steps are started by; it is moved where they can be limited
    std::optional<uid_t> user;  ///< whose systemd is asked; nothing: that of the machine
};

/// A path from the top of the tree. Below it cgroups with these controllers can be made, and the runner can start
/// processes in them. Where processes stand in the way, for which the kernel gives no controllers to cgroups below, the
/// cgroup of this process being its own, they are moved into one below. Throws Error that says why there is none.
std::string find_cgroup_place(const std::vector<std::string>& controllers, const CgroupWishes& wishes);

/// Has the cgroups below a folder have these controllers; whether they do. Not where processes are in the folder
/// itself.
bool gives_controllers(const std::string& folder, const std::vector<std::string>& controllers);

/// The path of this process in a hierarchy, by a controller of version 1; "" is version 2.
std::string own_cgroup(const std::string& controller);

/// Whether a list of words in a file has one.
bool lists(const std::string& file, const std::string& word);

}  // namespace runtime
