// The rules for the steps of a build: what the command line and the settings files say of all of them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "builder/sources/source_fetcher.hpp"
#include "builder/steps/run_step.hpp"
#include "builder/steps/step_devices.hpp"
#include "builder/steps/volume_request.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// What a Containerfile may do only if the command line lets it.
struct StepPermissions {
    bool insecure = false;      ///< RUN --security=insecure
    bool host_network = false;  ///< RUN --network=host
    DevicePermissions devices = {};
};

/// Adds what a value of --allow permits: "security.insecure", "network.host", "device" or "device=NAME". Throws Error
/// for others.
void permit(StepPermissions& permissions, const std::string& name);

/// Made once for a build, and the same for all its stages. Of each field the comment says what it is in the key of a
/// step; flags that say what containers are like are in it by `run.asked`.
struct StepPolicy {
    RunSettings run = {};                                       ///< the containers of RUN; key: `asked`, `environment`
    runtime::NetworkMode network = runtime::NetworkMode::host;  ///< of RUN; key: "network"
    StepPermissions permissions = {};                           ///< in no key: refused, or as written
    std::map<std::string, std::string> build_arguments = {};    ///< of ARG; key: the variables that they become
    std::map<std::string, std::string> secrets = {};            ///< ID to value; key: the ID alone
    std::set<std::string> unscanned_secrets = {};               ///< IDs of those that a layer may hold; in no key
    SshAgents ssh_agents = {};                                  ///< in no key
    std::string ca_certificates = {};                           ///< --ca-certificates, PEM; key: "CA certificates"
    std::vector<std::string> mounts = {};                       ///< --mount for every RUN; key: as those of RUN
    std::vector<std::string> volumes = {};                      ///< --volume as written; key: "volume of this machine"
    std::vector<VolumeRequest> elaborate_volumes = {};          ///< of these, what bind mounts are not enough for
    bool discards_volume_changes = false;                       ///< --compat-volumes; key: the volumes
    std::optional<std::chrono::seconds> cache_ttl = std::nullopt;  ///< older steps are run again; in no key
    bool use_cache = true;                                         ///< take steps from the cache
    std::set<std::string> uncached_stages = {};                    ///< names and numbers: not for these; in no key
    bool fill_cache = true;                                        ///< keep steps in it
    layers::TimeRule times = {};                                   ///< of the files of new layers; key: "time"
    std::string platform = {};                                     ///< of the target, normalized; key: the base's own
};

}  // namespace builder
