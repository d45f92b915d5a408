// How places and texts of a Containerfile stand in the JSON documents for editors: as other builders write them.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>

#include "builder/syntax/syntax_tree.hpp"

namespace builder {

/// {"ranges": [{"start": {"line", "character"}, "end": {…}}]}; lines count from 1, characters from 0.
inline nlohmann::ordered_json location_json(const Location& location) {
    const unsigned column = location.column == 0 ? 0 : location.column - 1;
    const nlohmann::ordered_json start = {{"line", location.line}, {"character", column}};
    const nlohmann::ordered_json end = {{"line", std::max(location.line, location.last_line)},
                                        {"character", column + location.length}};
    return {{"ranges", nlohmann::ordered_json::array({{{"start", start}, {"end", end}}})}};
}

}  // namespace builder
