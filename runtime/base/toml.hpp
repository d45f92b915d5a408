// Settings in TOML, read into the form of JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace runtime {

/// Parses a file's text; `path` names it in errors, with the line. Dates become texts. Throws Error.
nlohmann::json parse_toml(const std::string& text, const std::string& path);

}  // namespace runtime
