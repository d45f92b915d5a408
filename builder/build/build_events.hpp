// What happens during a build, as data. The executor emits it; cli/progress draws it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

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
    virtual void step_started(const StepLabel& step) = 0;
    /// The text of this label may be missing: it came when the step started.
    virtual void step_output(const StepLabel& step, runtime::Bytes bytes) = 0;
    virtual void step_finished(const StepLabel& step, const StepResult& result) = 0;
    virtual void step_failed(const StepLabel& step) = 0;
    /// Comes after the step was finished or has failed.
    virtual void step_used(const StepLabel&, const StepUse&) {}
    /// One sentence that the user should know; each only once a build.
    virtual void notice(std::string_view text) = 0;
    /// What the checks found, with its place; comes after the steps.
    virtual void warning(std::string_view text) = 0;
};

}  // namespace builder
