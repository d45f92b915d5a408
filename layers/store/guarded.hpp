// A value that can be reached only by who holds its lock.
#pragma once

#include <mutex>
#include <utility>

namespace layers {

/// The value and its lock in one. The lock is recursive: whoever holds it may call functions that take it as well, so
/// that several of them can be one change.
template <typename Value>
class Guarded {
public:
    /// The lock, held as long as this lives, and the way to the value. It has to have a name: `guarded.lock()->…` does
    /// not compile, because what such an expression gives would outlive the lock.
    class Access {
    public:
        Access(const Access&) = delete;
        Access& operator=(const Access&) = delete;

        Value* operator->() const& noexcept { return &value_; }
        Value& operator*() const& noexcept { return value_; }
        Value* operator->() const&& = delete;
        Value& operator*() const&& = delete;

    private:
        friend class Guarded;
        explicit Access(Guarded& guarded) : lock_(guarded.mutex_), value_(guarded.value_) {}
        std::lock_guard<std::recursive_mutex> lock_;
        Value& value_;
    };

    Guarded() = default;
    explicit Guarded(Value value) : value_(std::move(value)) {}
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    /// Waits until no other thread has the value.
    [[nodiscard]] Access lock() { return Access(*this); }

private:
    std::recursive_mutex mutex_;
    Value value_;
};

}  // namespace layers
