// What a step prints, while it runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "builder/build/build_events.hpp"
#include "layers/secret_scan.hpp"
#include "runtime/container/runner.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// Passes output on, without the secrets, and keeps the end of it.
class OutputRelay {
public:
    /// `secrets` may be missing. The label and the observer are kept by reference.
    OutputRelay(runtime::Fd pipe, const StepLabel& label, BuildObserver& observer,
                const layers::SecretPatterns* secrets);

    /// Takes what is there; false at the end of the output.
    bool relay();
    const runtime::Fd& pipe() const noexcept { return pipe_; }
    /// The last 4096 bytes at most.
    std::string last() const;

private:
    void pass_on(std::string_view text);

    runtime::Fd pipe_;
    std::optional<layers::SecretRedactor> redactor_;
    const StepLabel& label_;
    BuildObserver& observer_;
    std::string kept_;
};

/// Relays output until the container has ended; ends it where stop was asked for.
runtime::ContainerResult wait_for(runtime::RunningContainer& container, OutputRelay& output,
                                  const runtime::StopSource& stop);

}  // namespace builder
