// What the steps of a stage work with besides the stage itself.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/record/sealed_layer.hpp"
#include "builder/engine/record/stage_state.hpp"
#include "builder/engine/record/step_follower.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/sources/source_fetcher.hpp"
#include "builder/sources/source_tree.hpp"
#include "builder/steps/run_step.hpp"
#include "builder/steps/step_devices.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// The image that a step leaves with --layers.
struct KeptImage {
    std::string id;          ///< 64 digits
    std::string created;     ///< RFC 3339
    bool was_known = false;  ///< such a one was made before
};
using ImageKeeper = std::function<KeptImage(const StageState&)>;

/// Shared by all stages of a build; everything in it is thread-safe.
struct StepEnvironment {
    layers::Store& store;
    LayerSealer& sealer;
    StepRunner& runner;
    BuildObserver& observer;
    runtime::StopSource& stop;
    const BuildContext& context;
    SourceFetcher& fetcher;
    std::map<std::string, std::string> build_arguments;
    runtime::NetworkMode network = runtime::NetworkMode::host;
    bool use_cache = true;
    layers::TimeRule times = {};
    std::string platform;
    /// The tree behind a --from: a stage, an image or a named context. Throws Error where there is none.
    std::function<std::shared_ptr<const CopySource>(const std::string& name, std::size_t stage)> find_source;
    char escape = '\\';
    bool allows_insecure = false;      ///< RUN --security=insecure
    bool allows_host_network = false;  ///< RUN --network=host
    DeviceLeave device_leave = {};     ///< RUN --device
    std::vector<std::string> cdi_folders = {};
    bool discards_volume_changes = false;             ///< what RUN writes to a VOLUME is not kept
    std::vector<std::string> step_mounts = {};        ///< values of --mount for every RUN
    std::vector<std::string> step_volumes = {};       ///< what else every RUN has, for its key
    std::map<std::string, std::string> secrets = {};  ///< ID to value
    SshAgents ssh_agents = {};
    StepFollower* follower = nullptr;  ///< asked where the store has no record, told of each layer
    std::optional<std::chrono::seconds> cache_ttl = std::nullopt;  ///< older steps are run again
    std::vector<std::string> settings_environment = {};            ///< what RUN has besides its variables, for its key
    ImageKeeper keep_image = nullptr;                              ///< of each step; may be missing

    /// The time for what is made now, RFC 3339.
    std::string now() const;
};

}  // namespace builder
