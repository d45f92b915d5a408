// What the report of a build shows, as one JSON document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "builder/engine/record/build_record.hpp"
#include "layers/store/store.hpp"

namespace builder {

struct ReportOptions {
    bool shows_values = false;  ///< of ARG and ENV
};

/// Of a build, its image as far as the store has it, and the build of the same subject before it. Throws Error where
/// files of the image cannot be read.
nlohmann::ordered_json report_data(layers::Store& store, const BuildRecord& build,
                                   const std::optional<BuildRecord>& before, const ReportOptions& options);

/// An instruction without the values that ARG and ENV set: "ENV A=… B=…". Others stay as they are.
std::string without_values(const std::string& instruction);

}  // namespace builder
