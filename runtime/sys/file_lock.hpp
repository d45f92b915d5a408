// Waiting for locks: flock(2).
#pragma once

#include <string_view>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

/// Takes LOCK_SH or LOCK_EX of an open file, trying again every 50 ms as long as somebody else holds it. A stop that is
/// asked for ends the wait: throws as StopSource::throw_if_stopped() does. Throws SystemError where there are no locks.
void lock_or_stop(const Fd& file, int operation, const StopSource& stop, std::string_view name_for_messages);

}  // namespace runtime
