// What happens during a build, as data. The executor emits it; cli/progress draws it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/stream.hpp"
#include "runtime/container/exit_report.hpp"

namespace builder {

/// Names a step for whoever follows the build.
struct StepLabel {
    std::size_t stage = 0;
    std::string stage_name;  ///< "build", or "0"
    std::size_t number = 0;  ///< within the stage, from 1
    std::size_t total = 0;
    std::string text;  ///< the instruction on one line
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

struct StepResult {
    StepOutcome outcome = StepOutcome::done;
    std::chrono::nanoseconds elapsed{0};
    std::string reason;  ///< why it was not cached, where that is known: "file src/main.c changed"
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
    virtual void build_started(std::size_t stages, std::size_t steps) = 0;
    /// The stages that are built, in the order of the file, the target last. Comes before the first step.
    virtual void stages_planned(const std::vector<PlannedStage>&) {}
    /// All steps of the stage are done; `digits` name its files, like the ID of an image.
    virtual void stage_finished(std::size_t, const std::string&) {}
    virtual void step_started(const StepLabel& step) = 0;
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
