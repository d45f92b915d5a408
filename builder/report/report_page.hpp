// The page that shows the report of a build: one file of HTML that loads nothing.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace builder {

/// The page with the data in it. Whatever is in the data, it is no part of the page's own text.
std::string report_page(const nlohmann::ordered_json& data);

}  // namespace builder
