// YAML from outside as JSON: what configuration files use of it (YAML 1.2, core schema), without anchors.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace runtime {

/// Parses one document; `what` names it in errors. Throws Error, with the line, where it is no YAML, is nested too deep
/// or refers back to itself.
nlohmann::json parse_yaml(std::string_view text, std::string_view what);

}  // namespace runtime
