// containers.conf(5), the settings that tools for containers share, as far as they speak of building.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"

namespace builder {

/// What files say, one over the other.
struct ContainersConf {
    /// Values that flags have where they are not given, by the flags' names.
    std::map<std::string, std::vector<std::string>> flags;
    std::optional<std::vector<std::string>> capabilities;  ///< instead of the usual ones
    std::vector<std::string> environment;                  ///< of what runs in containers, NAME=value
    std::vector<std::string> engine_environment;           ///< of this program, the same
    std::string cgroup_manager;                            ///< "cgroupfs"; empty: by need
    std::string base_hosts_file;                           ///< a path, "image" or "none"; empty: none
    std::string host_containers_internal_ip;

    /// Takes what a document says over what was there. Keys that mean nothing here are ignored. Throws Error.
    void take(const nlohmann::json& document, const std::string& path);
};

/// The files there are, in the order in which one goes over the other: $CONTAINERS_CONF alone, else those of the
/// distribution, the machine and the user; then $CONTAINERS_CONF_OVERRIDE.
std::vector<std::string> containers_conf_files();

/// All of them, read when it is first asked for. Throws Error for a file that cannot be read or understood.
const ContainersConf& containers_conf();

/// Gives flags the values that they have where they are not given. Values of some are kept beside those that are given:
/// volumes, devices, limits.
void give_defaults(std::vector<Flag>& flags, const ContainersConf& conf);
/// Only to those that say how registries are talked to.
void give_registry_defaults(std::vector<Flag>& flags, const ContainersConf& conf);

}  // namespace builder
