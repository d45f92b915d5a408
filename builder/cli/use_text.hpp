// What a step used, in words.
#pragma once

#include <cstdint>
#include <string>

#include "builder/engine/record/build_events.hpp"

namespace builder {

/// "54ms(system) 60ms(user) 429ms(elapsed) 0B input 3.994MB output": the line that Buildah's --log-rusage writes.
std::string describe_use(const StepUse& use);

/// A number of bytes with four digits and the units of the metric system: 4.096kB.
std::string metric_size(std::int64_t bytes);

/// A time as Go writes it, in milliseconds: 1m2.345s, 54ms, 0s.
std::string go_duration(std::int64_t microseconds);

}  // namespace builder
