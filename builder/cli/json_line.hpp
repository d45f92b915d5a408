// An event as a line of JSON, for programs that follow a build.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/base/harmless.hpp"

namespace builder {

/// Without a line end; bytes that are no UTF-8 are replaced, and nothing in it steers a terminal.
inline std::string json_line(const nlohmann::ordered_json& event) {
    return runtime::harmless_json(event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace builder
