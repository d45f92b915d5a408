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
                             runtime::StopSource& stop, std::string trace_file)
    : context_(context),
      runner_(runner),
      stop_(stop),
      observer_(observer),
      trace_file_(std::move(trace_file)),
      recorder_(observer, context.store().location(), version) {}

BuiltImage RecordedBuild::run(const BuildImageRequest& request) {
    try {
        return build_image(context_.store(), runner_, request, recorder_, stop_);
    } catch (const runtime::Error& error) {
        finish_failed(error);
        throw;
    }
}

/// What the build failed on is the error that counts.
void RecordedBuild::finish_failed(const runtime::Error& reason) {
    try {
        finish({.error = reason.full_message()});
    } catch (const runtime::Error& error) {
        observer_.notice(error.full_message());
    }
}

void RecordedBuild::finish(const BuildOutcome& outcome) {
    std::cout.flush();
    const std::string id = recorder_.id();
    recorder_.finish(outcome);
    if (trace_file_.empty()) return;
    if (id.empty()) throw runtime::Error("cannot write {}: the build has no record", runtime::quoted(trace_file_));
    const layers::BuildFiles builds(context_.store().location());
    const BuildRecord record = require_record(builds, require_build(builds, id));
    const TraceFormat format = trace_file_.ends_with(".jsonl") ? TraceFormat::otlp : TraceFormat::chrome;
    runtime::write_all(runtime::open_output(trace_file_, O_TRUNC), trace_of(record, format), trace_file_);
}

}  // namespace builder
