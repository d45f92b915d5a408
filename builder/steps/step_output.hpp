// What a step prints, while it runs.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "builder/engine/record/build_events.hpp"
#include "layers/secret_scan.hpp"
#include "runtime/container/runner/runner.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// Passes output on, without the secrets, and keeps the end of it.
class OutputRelay {
public:
    /// `errors` is the pipe of standard error; without one it comes through the other. `secrets` may be missing. The
    /// label and the observer are kept by reference.
    OutputRelay(runtime::Fd output, runtime::Fd errors, const StepLabel& label, BuildObserver& observer,
                const layers::SecretPatterns* secrets);

    /// Takes what is there. Closes a pipe that has ended.
    void relay_output() { relay(output_); }
    void relay_errors() { relay(errors_); }
    /// -1 where it has ended.
    int output() const noexcept { return output_.pipe.get(); }
    int errors() const noexcept { return errors_.pipe.get(); }
    bool is_open() const noexcept { return output_.pipe || errors_.pipe; }
    /// The last 4096 bytes at most.
    std::string last() const;

private:
    struct Stream {
        runtime::Fd pipe;
        std::optional<layers::SecretRedactor> redactor;
    };
    void relay(Stream& stream);
    void pass_on(const Stream& stream, std::string_view text);

    Stream output_;
    Stream errors_;
    const StepLabel& label_;
    BuildObserver& observer_;
    std::string kept_;
};

/// How the wait for a container ended.
struct WaitResult {
    runtime::ContainerResult container;
    bool timed_out = false;
};

/// Relays output until the container has ended; ends it where stop was asked for, and after `timeout`.
WaitResult wait_for(runtime::RunningContainer& container, OutputRelay& output, const runtime::StopSource& stop,
                    std::optional<std::chrono::nanoseconds> timeout = std::nullopt);

}  // namespace builder
