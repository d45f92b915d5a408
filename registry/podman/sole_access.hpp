// A published store that no reader looks into.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "runtime/sys/file_lock.hpp"

namespace registry {

/// Both locks of readers, for this process alone. A container is made while one or the other is held for reading
/// (c/storage, CreateContainer and PutLayer). A short look is waited for; a push that takes minutes is not.
class SoleAccess {
public:
    explicit SoleAccess(const std::string& folder)
        : layers_(folder + "/overlay-layers/layers.lock"), images_(folder + "/overlay-images/images.lock") {
        constexpr auto most = std::chrono::milliseconds(500);
        constexpr auto pause = std::chrono::milliseconds(5);
        const auto end = std::chrono::steady_clock::now() + most;
        while (!try_both() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(pause);
    }
    explicit operator bool() const noexcept { return is_alone_; }

private:
    bool try_both() {
        if (!layers_.try_lock(runtime::FileLock::Kind::exclusive)) return false;
        is_alone_ = images_.try_lock(runtime::FileLock::Kind::exclusive);
        if (!is_alone_) layers_.unlock();
        return is_alone_;
    }

    runtime::FileLock layers_;
    runtime::FileLock images_;
    bool is_alone_ = false;
};

}  // namespace registry
