// The record of a build: what it did, step by step, as JSON lines. docs/build-records.md describes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builder/engine/record/build_events.hpp"
#include "layers/store/build_files.hpp"
#include "layers/store/records.hpp"

namespace builder {

/// The same for builds that are compared with each other: of one Containerfile, context and platform. 16 hex digits.
std::string subject_digits(const BuildSubject& subject);

struct RecordedStep {
    StepLabel label;
    std::int64_t started_us = 0;  ///< since the build started
    std::int64_t took_us = 0;
    /// "done", "cached", "configured" or "failed"; empty as long as it runs.
    std::string outcome = {};
    StepReason reason = {};
    std::string key = {};                       ///< of a step that makes a layer; a digest
    std::vector<layers::KeyInput> inputs = {};  ///< of the key, where no record of the cache has them
    std::optional<StepUse> use = {};
    std::string base_name = {};  ///< what a stage begins with
    std::string base_id = {};
    std::string diff_id = {};  ///< of its layer
    std::optional<std::int64_t> layer_bytes = {};

    bool makes_layer() const noexcept { return !key.empty(); }
};

struct BuildRecord {
    enum class State { running, done, failed, interrupted };
    std::string id;
    std::string version;          ///< of builder
    std::int64_t started_us = 0;  ///< microseconds since 1970
    BuildSubject subject;
    std::vector<RecordedStep> steps;  ///< in the order in which they began
    State state = State::running;
    std::int64_t took_us = 0;
    std::string image = {};  ///< its ID, with the algorithm
    std::vector<std::string> names = {};
    std::string error = {};
};

/// When a build began, RFC 3339.
std::string started_text(std::int64_t started_us);

/// What came of a build, for the end of its record.
struct BuildOutcome {
    std::string image = {};
    std::vector<std::string> names = {};
    std::string error = {};  ///< empty: it is done
};

/// The lines, each with its newline.
std::string record_line_of_build(const layers::BuildFile& file, const BuildSubject& subject,
                                 const std::string& version);
std::string record_line_of_start(const RecordedStep& step);
std::string record_line_of_end(const RecordedStep& step);
std::string record_line_of_layer(const StepLabel& step, const std::string& diff_id, std::int64_t bytes);
std::string record_line_of_outcome(const BuildOutcome& outcome, std::int64_t took_us);

/// Reads a record. A last line that is cut off is left out. Throws Error for one that is damaged, or of a version that
/// is not known.
BuildRecord parse_record(const std::string& events, bool is_running);
/// The same out of the store; nothing where it was removed meanwhile.
std::optional<BuildRecord> read_record(const layers::BuildFiles& builds, const layers::BuildFile& file);

}  // namespace builder
