#include "builder/cli/recorded_build.hpp"

#include <iostream>

#include "builder/cli/build_trace.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/version.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_place.hpp"

namespace builder {

RecordedBuild::RecordedBuild(Context& context, const runtime::Runner& runner, BuildObserver& observer,
                             runtime::StopSource& stop)
    : context_(context), runner_(runner), stop_(stop), recorder_(observer, context.store().location(), version) {}

BuiltImage RecordedBuild::run(const BuildImageRequest& request) {
    try {
        return build_image(context_.store(), runner_, request, recorder_, stop_);
    } catch (const runtime::Error& error) {
        recorder_.finish({.error = error.full_message()});
        throw;
    }
}

void RecordedBuild::finish(const BuildOutcome& outcome, const std::string& trace_file) {
    std::cout.flush();
    const std::string id = recorder_.id();
    recorder_.finish(outcome);
    if (trace_file.empty()) return;
    if (id.empty()) throw runtime::Error("cannot write {}: the build has no record", runtime::quoted(trace_file));
    const layers::BuildFiles builds(context_.store().location());
    const BuildRecord record = require_record(builds, require_build(builds, id));
    const TraceFormat format = trace_file.ends_with(".jsonl") ? TraceFormat::otlp : TraceFormat::chrome;
    runtime::write_all(runtime::open_output(trace_file, O_TRUNC), trace_of(record, format), trace_file);
}

}  // namespace builder
