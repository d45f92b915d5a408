// What the steps of a stage work with besides the stage itself.
#pragma once

#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/record/sealed_layer.hpp"
#include "builder/engine/record/stage_state.hpp"
#include "builder/engine/record/step_follower.hpp"
#include "builder/sources/build_context.hpp"
#include "builder/sources/source_fetcher.hpp"
#include "builder/sources/source_tree.hpp"
#include "builder/steps/command_runner.hpp"
#include "builder/steps/step_policy.hpp"
#include "layers/store/store.hpp"
#include "runtime/base/clock.hpp"

namespace builder {

struct FailedStep;
struct ResumedStep;
class RerunReasons;

/// The image that a step leaves with --layers.
struct KeptImage {
    std::string id;          ///< 64 digits
    std::string created;     ///< RFC 3339
    bool was_known = false;  ///< such a one was made before
};
using ImageKeeper = std::function<KeptImage(const StageState&)>;

/// Shared by all stages of a build; everything in it is thread-safe and outlives it.
struct StepEnvironment {
    const StepPolicy& policy;
    layers::Store& store;
    LayerSealer& sealer;
    CommandRunner& runner;
    BuildObserver& observer;
    runtime::StopSource& stop;
    const BuildContext& context;
    SourceFetcher& fetcher;
    /// The tree behind a --from: a stage, an image or a named context. Throws Error where there is none.
    std::function<std::shared_ptr<const CopySource>(const std::string& name, std::size_t stage)> find_source;
    char escape = '\\';
    StepFollower* follower = nullptr;                       ///< asked where the store has no record, told of each layer
    ImageKeeper keep_image = nullptr;                       ///< of each step; may be missing
    RerunReasons* reasons = nullptr;                        ///< asked why a step runs; may be missing
    std::function<void(FailedStep)> keep_failed = nullptr;  ///< takes what a failed RUN leaves; may be missing
    bool has_resumed = false;                               ///< the build has come to that step
    const ResumedStep* resumed = nullptr;                   ///< where the build goes on; may be missing

    std::function<timespec()> clock = runtime::wall_clock;

    /// The time for what is made now, RFC 3339: the one that the policy sets, else the clock's.
    std::string now() const;
};

}  // namespace builder
