// Nobody else in the store, for a while.
#pragma once

#include "runtime/sys/file_lock.hpp"

namespace layers {

/// The store's lock, which the caller holds shared, made exclusive as long as this lives, where no other command has
/// it. Others may go on using the store then.
class Alone {
public:
    explicit Alone(const runtime::FileLock& lock)
        : lock_(lock), is_alone_(lock.try_lock(runtime::FileLock::Kind::exclusive)) {}
    ~Alone() {
        if (is_alone_) lock_.lock(runtime::FileLock::Kind::shared);
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;
    explicit operator bool() const noexcept { return is_alone_; }

private:
    const runtime::FileLock& lock_;
    bool is_alone_;
};

}  // namespace layers
