// One build together with its record.
#pragma once

#include <string>

#include "builder/cli/command_context.hpp"
#include "builder/engine/record/build_recorder.hpp"
#include "builder/engine/run/build_image.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

class RecordedBuild {
public:
    /// All references outlive it.
    RecordedBuild(Context& context, const runtime::Runner& runner, BuildObserver& observer, runtime::StopSource& stop);

    /// Builds. The record of a build that fails is finished here.
    BuiltImage run(const BuildImageRequest& request);
    /// After all is told of the build. A trace is written where a file is named: one of OpenTelemetry where its name
    /// ends in ".jsonl", else one of Chrome. Throws Error where it cannot be written.
    void finish(const BuildOutcome& outcome, const std::string& trace_file);

private:
    Context& context_;
    const runtime::Runner& runner_;
    runtime::StopSource& stop_;
    BuildRecorder recorder_;
};

}  // namespace builder
