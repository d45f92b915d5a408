// Locks between commands that use one store, by name.
#pragma once

#include <string>

#include "runtime/sys/file_lock.hpp"

namespace layers {

/// Files below locks/. What a process has locked is free when it ends, however it ends; the files stay. All calls are
/// thread-safe.
class StoreLocks {
public:
    explicit StoreLocks(const std::string& store_root) : folder_(store_root + "/locks") {}

    /// The lock of something in the store, by a name of its own; not locked yet. The file stays till remove(). Throws
    /// Error.
    runtime::FileLock open(const std::string& name) const;
    /// For who has the lock alone and knows that nobody wants that name again, or that who does looks whether the lock
    /// is_current().
    void remove(const std::string& name) const noexcept;
    std::string path(const std::string& name) const { return folder_ + "/" + name; }

private:
    std::string folder_;
};

}  // namespace layers
