// The records of builds, as commands name them.
#pragma once

#include <string>

#include "builder/engine/record/build_record.hpp"

namespace builder {

/// A build by its ID or the beginning of it (at least three digits), by "^N" as the Nth before the newest, or, where
/// the text is empty, the newest. Throws Error where there is none.
layers::BuildFile require_build(const layers::BuildFiles& builds, const std::string& text);
/// Its record.
BuildRecord require_record(const layers::BuildFiles& builds, const layers::BuildFile& file);

/// "running", "done", "failed" or "interrupted".
const char* name_of(BuildRecord::State state);

/// "12.3s", "1m 2s", "2h 5m".
std::string shown_time(std::int64_t microseconds);

/// "[build 3/7] ", or "[3/7] " where the build has one stage.
std::string step_prefix(const StepLabel& step, bool has_stages);

}  // namespace builder
