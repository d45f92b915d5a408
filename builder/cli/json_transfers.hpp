// Images that are pulled and pushed during a build, as JSON events.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "registry/transport/transfer_observer.hpp"

namespace builder {

/// The events are pull, transfer_started, transfer_progress (at most four a second for a blob) and transfer_finished.
class JsonTransfers final : public registry::TransferObserver {
public:
    /// Prints an object, from any thread; outlives this.
    using Print = std::function<void(const std::string& object)>;
    explicit JsonTransfers(Print print) : print_(std::move(print)) {}
    void image_asked(const std::string& name) override;
    void blob_begins(const std::string& name, std::uint64_t size_bytes) override;
    void blob_advances(const std::string& name, std::uint64_t bytes) override;
    void blob_ends(const std::string& name, std::uint64_t size_bytes) override;

private:
    using Clock = std::chrono::steady_clock;
    struct Blob {
        std::uint64_t size_bytes = 0;  ///< 0: not known
        std::uint64_t done_bytes = 0;
        Clock::time_point told = {};
    };
    Print print_;
    std::mutex mutex_;
    std::map<std::string, Blob> blobs_;
};

}  // namespace builder
