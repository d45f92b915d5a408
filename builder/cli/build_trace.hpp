// Records of builds as traces for viewers: Chrome's trace events, which Perfetto shows too, and OpenTelemetry.
#pragma once

#include <string>

#include "builder/engine/record/build_record.hpp"

namespace builder {

enum class TraceFormat { chrome, otlp };

/// "chrome" or "otlp"; throws Error for another word.
TraceFormat parse_trace_format(const std::string& text);

/// The whole file. Chrome: an object with "traceEvents", a thread for each stage. OTLP: one line of OTLP/JSON (a
/// TracesData), a span for the build and one for each step; below $TRACEPARENT where that names a trace.
std::string trace_of(const BuildRecord& record, TraceFormat format);

}  // namespace builder
