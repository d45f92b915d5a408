// What keeps steps apart from the host: namespaces, chroot or an OCI runtime, and the process that makes their
// containers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/containers/namespaces.hpp"
#include "builder/steps/run_step.hpp"
#include "runtime/container/cgroup/cgroup.hpp"
#include "runtime/container/runner/runner.hpp"

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

struct IsolatedRunner {
    runtime::Runner runner;
    runtime::Isolation isolation;
    std::string notice;  ///< for the user, where it is not what was asked for
};

/// The runner that the flags and the wishes for namespaces need. Where /proc cannot be mounted, it is chroot, whatever
/// was asked for; where steps could reach into other processes then, it is emulated. Throws Error, also where a
/// namespace is asked for that the isolation has not.
IsolatedRunner choose_runner(const IsolationFlags& flags, const NamespaceWishes& wishes);

/// Makes the cgroup that limits all steps, and notes it in the settings; nothing where there is no limit. Where an OCI
/// runtime sets them, only the place is found. `manager` is the word of --cgroup-manager. Throws Error naming the limit
/// that cannot be set.
std::unique_ptr<runtime::Cgroup> limit_steps(const runtime::CgroupLimits& limits, RunSettings& settings,
                                             const runtime::Runner& runner, const std::string& manager);

}  // namespace builder
