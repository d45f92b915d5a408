// What keeps steps apart from the host: namespaces, chroot or an OCI runtime.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/containers/namespace_choice.hpp"
#include "builder/engine/run/runner_choice.hpp"
#include "builder/steps/run_step.hpp"
#include "runtime/container/cgroup/cgroup.hpp"

namespace builder {

struct IsolationFlags {
    std::string kind;
    std::string runtime;  ///< a name or path; empty and "builtin": this program itself
    std::vector<std::string> runtime_flags;
    std::vector<std::string> hook_folders;
    std::string cgroup_parent;
    std::vector<std::string> added_groups;
    std::vector<std::string> time_offsets;
    bool no_pivot = false;
};

/// All of them but --no-pivot, which only `run` has.
std::vector<Flag> isolation_flags(IsolationFlags& flags);

/// Puts them into the settings. Throws Error for a bad value, a runtime that is not installed, and what needs one.
void apply_isolation_flags(const IsolationFlags& flags, RunSettings& settings);

/// What they and the flags of namespaces ask for. Throws Error for an isolation that is not known.
IsolationWish isolation_wish(const IsolationFlags& flags, const NamespaceWishes& namespaces);

/// The word of --cgroup-manager, or what containers.conf says where it is empty. Throws Error.
runtime::CgroupManager cgroup_manager(const std::string& word);

}  // namespace builder
