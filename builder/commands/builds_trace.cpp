#include <iostream>
#include <memory>

#include "builder/cli/build_trace.hpp"
#include "builder/cli/command_context.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/builds.hpp"

namespace builder {

Command builds_trace_command() {
    auto format = std::make_shared<std::string>("chrome");
    Command command;
    command.name = "trace";
    command.summary = "print a recorded build (default: the newest) as a trace";
    command.usage = "[flags] [BUILD]";
    command.flags = {flag("format", 0, "FORMAT",
                          "chrome, for Perfetto and chrome://tracing, or otlp, for OpenTelemetry (default chrome)",
                          *format)};
    command.most_words = 1;
    command.run = [format](Context& context, const Words& words) {
        const TraceFormat wanted = parse_trace_format(*format);
        const layers::BuildFiles builds(context.store_location());
        const layers::BuildFile file = require_build(builds, words.empty() ? "" : words.front());
        std::cout << trace_of(require_record(builds, file), wanted);
        return 0;
    };
    return command;
}

}  // namespace builder
