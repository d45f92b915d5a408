// A line about what a program does, in the form that tools for containers give it and that scripts look for.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

/// `time="2026-11-28T00:57:24Z" level=warning msg="..."` with its end. `more`: further words behind it, NAME=VALUE.
std::string log_line(std::string_view level, std::string_view text, std::string_view more = {});

}  // namespace runtime
