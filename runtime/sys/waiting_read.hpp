// Files that the command line names and that may be pipes, as in `-f <(…)`: whoever writes there takes their time.
#pragma once

#include <string>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

/// Reads a file, a FIFO or a pipe to its end; a stop ends the wait with its Error. Throws Error where it is larger than
/// the limit, SystemError where it cannot be read.
std::string read_waiting(const std::string& path, std::size_t limit_bytes, const StopSource& stop);

/// The same for a file that is open.
std::string read_waiting(Fd file, const std::string& name, std::size_t limit_bytes, const StopSource& stop);

}  // namespace runtime
