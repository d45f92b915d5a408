// How many commands of steps run at a time, over all builds that share a runroot.
#pragma once

#include <string>

#include "runtime/base/once.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// Thread-safe. A slot is a lock on a file: whoever dies gives it back. Nobody waits for anything else while holding
/// one but for the end of a command, so slots make no deadlock.
class StepSlots {
public:
    /// The files are made in `folder`, which is made when it is missing. There are sensible_count() of them, counted
    /// when the first one is taken: a build that is all cached asks for nothing.
    explicit StepSlots(std::string folder) : folder_(std::move(folder)) {}

    /// Waits for a free slot, and gives the lock, which is to be kept as long as the command runs. Who has waited for
    /// two minutes begins without one: a slot may be held by a command whose output nobody reads, or which waits for
    /// this one. Throws as StopSource::throw_if_stopped() does.
    runtime::FileLock acquire(const runtime::StopSource& stop);

    /// Twice the processors that this process may use, at most one for each GiB of memory that is free, at least one.
    static unsigned sensible_count();

private:
    std::string folder_;
    runtime::Once counted_;
    unsigned count_ = 0;
};

}  // namespace builder
