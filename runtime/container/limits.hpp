// Limits of a container by setrlimit(2).
#pragma once

#include <string>
#include <string_view>

#include "runtime/container/container_spec.hpp"

namespace runtime {

/// "nofile=1024:2048" or "nofile=1024", with the names of setrlimit(2) in lower case; -1 and unlimited are no limit.
/// What lies above the hard limit of this process is clamped to it where it may not be raised; `clamped` then says so
/// in one sentence. Throws Error for an unknown name or a value that is no number.
ResourceLimit parse_resource_limit(std::string_view text, std::string& clamped);

/// The name of a resource as parse_resource_limit takes it.
std::string resource_limit_name(int resource);

}  // namespace runtime
