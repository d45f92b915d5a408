// The executor: stages run as a graph, side by side where they may; the first failure stops the rest.
#pragma once

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "builder/engine/record/base_images.hpp"
#include "builder/engine/record/stage_state.hpp"
#include "builder/plan/build_plan.hpp"
#include "builder/steps/resumed_step.hpp"
#include "builder/steps/step_environment.hpp"

namespace builder {

struct FailedStep;
struct RunRequest;

/// Looks at what a failed RUN left, in the very surroundings that it had: the request has its mounts. The stages have
/// ended by then.
using FailureHandler = std::function<void(FailedStep&, RunRequest)>;

/// What a stage takes over from the documents of the image or the stage that it is based on.
struct Inheritance {
    bool labels = true;
    bool annotations = true;
    std::vector<std::string> unset_labels = {};       ///< which not
    std::vector<std::string> unset_annotations = {};  ///< the same
    std::vector<std::string> environment = {};        ///< NAME=VALUE: what is set before its first instruction
};

struct ExecutorSettings {
    StepPolicy steps;
    Inheritance inheritance = {};         ///< what stages take over from what they are based on
    bool asks_for_platform = false;       ///< it was asked for: base images of another one are refused
    bool keeps_all_stages = false;        ///< --save-stages
    StepFollower* follower = nullptr;     ///< outlives the executor
    ImageKeeper keep_image = nullptr;     ///< makes an image of each step; may be missing
    FailureHandler on_failure = nullptr;  ///< may be missing
    std::string subject = {};             ///< whose builds are compared, see subject_digits(); empty: nobody's
    std::optional<ResumedStep> resumed = std::nullopt;  ///< the step that a working container goes on from
    unsigned jobs = 0;                                  ///< stages at a time; 0: as many as the graph allows
    std::function<timespec()> clock = runtime::wall_clock;
};

class Executor {
public:
    /// All references outlive it.
    Executor(layers::Store& store, CommandRunner& runner, BaseImages& images, BuildObserver& observer,
             SourceFetcher& fetcher, runtime::StopSource& stop, ExecutorSettings settings);
    ~Executor();

    /// Builds the target stage of the plan with everything it needs. All its layers are sealed, though perhaps not yet
    /// recorded. Throws the first Error that a stage gave.
    ///
    /// With keeps_all_stages, `others` are the other stages that were built, in the order of the file.
    struct Result {
        StageState target;
        std::vector<std::pair<std::size_t, StageState>> others;
        bool has_resumed = false;  ///< it has come to the step that is resumed
    };
    Result run(const BuildPlan& plan, const BuildContext& context);

private:
    class Run;
    layers::Store& store_;
    BaseImages& images_;
    BuildObserver& observer_;
    SourceFetcher& fetcher_;
    runtime::StopSource& stop_;
    ExecutorSettings settings_;
    LayerSealer sealer_;
    CommandRunner& runner_;
};

}  // namespace builder
