// What is said of a step that failed.
#pragma once

#include <optional>

#include "builder/plan/build_plan.hpp"
#include "runtime/base/error.hpp"

namespace builder {

/// The failure of what RUN runs, as distinct from one of builder's own work for a step.
class StepFailed : public runtime::Error {
public:
    enum class Kind {
        command,    ///< it ran, and did not end with 0
        program,    ///< it could not be started
        container,  ///< its container could not be made
    };

    template <typename... Arguments>
    explicit StepFailed(Kind kind, fmt::format_string<Arguments...> text, Arguments&&... arguments)
        : Error(text, std::forward<Arguments>(arguments)...), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

/// The error with the step in Buildah's sentence in front: `building at STEP "RUN x": while running runtime: exit
/// status 3`. The kind is that of a StepFailed. A program that could not be started exits with 1, as there; a container
/// that could not be made is told as it is.
runtime::Error with_step(const runtime::Error& error, const Instruction& step,
                         std::optional<StepFailed::Kind> kind = std::nullopt);

/// A text as it is shown in one line: without line ends, cut where it is long.
std::string one_line(std::string text);

}  // namespace builder
