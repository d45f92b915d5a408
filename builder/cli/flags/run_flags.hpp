// The flags that say how steps run: limits, capabilities, network. Shared by all commands that run something.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/cli/flags/isolation_flags.hpp"
#include "builder/cli/flags/user_namespace_flags.hpp"
#include "builder/steps/run_step.hpp"
#include "runtime/container/limits.hpp"

namespace builder {

struct RunFlags {
    std::string network;
    IsolationFlags isolation;
    /// What the others are added to and dropped from; nothing: those of containers.conf, else the usual ones.
    std::optional<std::vector<std::string>> usual_capabilities;
    std::vector<std::string> added_capabilities;
    std::vector<std::string> dropped_capabilities;
    std::vector<std::string> security_options;
    std::vector<std::string> ulimits;
    std::vector<std::string> added_hosts;
    std::string cni_config_folder;
    std::string cni_plugin_folders;
    std::vector<std::string> devices;
    std::vector<std::string> cdi_folders;
    UserNamespaceFlags user_namespace;
    std::string container_id;  ///< of a container that stays; empty: the flags are those of a build
    std::optional<std::string> shm_size;
    std::string memory;
    std::string memory_swap;
    runtime::CgroupLimits limits;
};

std::vector<Flag> run_flags(RunFlags& flags);

/// Checks the values and makes settings of them; sentences for the user go to `notices`. Throws Error for a bad value.
RunSettings make_run_settings(const RunFlags& flags, std::vector<std::string>& notices);

/// The limits for the cgroup of the build; empty where none was asked for.
runtime::CgroupLimits cgroup_limits(const RunFlags& flags);

/// Makes what --network of a build names, which may be a network of CNI, and puts it into the settings. Throws Error.
runtime::NetworkMode prepare_network(const RunFlags& flags, RunSettings& settings, const runtime::StopSource& stop);

}  // namespace builder
