// What happens during a build, as data. The executor emits it; cli/progress draws it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/stream.hpp"
#include "runtime/container/exit_report.hpp"

namespace builder {

struct SealedLayer;
struct StepKey;

/// What is built. Holds no password.
struct BuildSubject {
    std::string file;      ///< the Containerfile, as messages name it
    std::string context;   ///< a path, or an address
    std::string target;    ///< the stage that was asked for by name; may be empty
    std::string platform;  ///< "linux/amd64"
};

/// Names a step for whoever follows the build.
struct StepLabel {
    std::size_t stage = 0;
    std::string stage_name;  ///< "build", or "0"
    std::size_t number = 0;  ///< within the stage, from 1
    std::size_t total = 0;
    std::string text;      ///< the instruction on one line
    std::size_t line = 0;  ///< in the Containerfile, from 1; 0 where it stands in none
};

/// A stage of the file that is built.
struct PlannedStage {
    std::size_t index = 0;  ///< in the file, from 0
    bool is_base = false;   ///< a later stage begins with it
};

enum class StepOutcome {
    done,
    cached,
    configured,  ///< there was nothing to do but to change the configuration
};

/// "done", "cached" or "configured".
const char* name_of(StepOutcome outcome);

/// Why a step was not cached.
struct StepReason {
    std::string text = {};    ///< "file src/main.c changed"; empty where nothing is known
    std::string before = {};  ///< a digest or a name; both are empty where they would say nothing
    std::string now = {};
};

struct StepResult {
    StepOutcome outcome = StepOutcome::done;
    std::chrono::nanoseconds elapsed{0};
    StepReason reason = {};
};

/// What a step used: the program for it, and its container.
struct StepUse {
    runtime::ResourceUse resources;
    std::chrono::nanoseconds elapsed{0};
};

/// Called from several threads at once; an implementation locks.
class BuildObserver {
public:
    virtual ~BuildObserver() = default;
    /// Comes first, where the build got so far that it knows.
    virtual void build_described(const BuildSubject&) {}
    virtual void build_started(std::size_t stages, std::size_t steps) = 0;
    /// The stages that are built, in the order of the file, the target last. Comes before the first step.
    virtual void stages_planned(const std::vector<PlannedStage>&) {}
    /// All steps of the stage are done; `digits` name its files, like the ID of an image.
    virtual void stage_finished(std::size_t, const std::string&) {}
    virtual void step_started(const StepLabel& step) = 0;
    /// What a stage begins with: the name of an image or a stage, and the image's ID with its algorithm. Comes before
    /// the step is finished.
    virtual void base_opened(const StepLabel&, const std::string&, const std::string&) {}
    /// The key of a step that makes a layer. Comes before the step is finished.
    virtual void step_keyed(const StepLabel&, const StepKey&) {}
    /// The layer of a step, new or out of the cache. Comes before the step is finished.
    virtual void layer_added(const StepLabel&, const std::shared_ptr<const SealedLayer>&) {}
    /// The text of this label may be missing: it came when the step started.
    virtual void step_output(const StepLabel& step, runtime::Bytes bytes) = 0;
    /// Whether what steps write to their standard error is to come by step_errors(). Else it comes among the rest, in
    /// the order in which it was written.
    virtual bool takes_errors_apart() const { return false; }
    virtual void step_errors(const StepLabel& step, runtime::Bytes bytes) { step_output(step, bytes); }
    virtual void step_finished(const StepLabel& step, const StepResult& result) = 0;
    /// With --layers: the image that the step left, by its 64 digits, and whether it was there before. Comes after the
    /// step was finished.
    virtual void step_kept(const StepLabel&, const std::string&, bool) {}
    virtual void step_failed(const StepLabel& step) = 0;
    /// Comes after the step was finished or has failed.
    virtual void step_used(const StepLabel&, const StepUse&) {}
    /// One sentence that the user should know; each only once a build.
    virtual void notice(std::string_view text) = 0;
    /// What the checks found, with its place; comes after the steps.
    virtual void warning(std::string_view text) = 0;
    /// Build arguments that no ARG took; one line for people.
    virtual void arguments_unused(std::string_view text) { warning(text); }
};

}  // namespace builder
