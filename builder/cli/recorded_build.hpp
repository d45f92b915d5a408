// One build together with its record.
#pragma once

#include <string>

#include "builder/cli/command_context.hpp"
#include "builder/engine/record/build_recorder.hpp"
#include "builder/engine/run/build_image.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

class RecordedBuild {
public:
    /// All references outlive it. Where a file is named, a trace is written there at the end: one of OpenTelemetry
    /// where the name ends in ".jsonl", else one of Chrome.
    RecordedBuild(Context& context, const runtime::Runner& runner, BuildObserver& observer, runtime::StopSource& stop,
                  std::string trace_file);

    /// Builds. The record of a build that fails is finished here, and its trace written, if that can be done.
    BuiltImage run(const BuildImageRequest& request);
    /// After all is told of the build. Throws Error where the trace cannot be written.
    void finish(const BuildOutcome& outcome);

private:
    void finish_failed(const runtime::Error& reason);

    Context& context_;
    const runtime::Runner& runner_;
    runtime::StopSource& stop_;
    BuildObserver& observer_;
    std::string trace_file_;
    BuildRecorder recorder_;
};

}  // namespace builder
