// How far images are on their way, as lines for a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "registry/transport/transfer_observer.hpp"

namespace builder {

/// Counts what it is told of; draws nothing by itself. Thread-safe.
class TransferBars final : public registry::TransferObserver {
public:
    using Clock = std::chrono::steady_clock;

    void image_asked(const std::string& name) override;
    void image_ends(const std::string& manifest) override;
    void blob_begins(const std::string& name, std::uint64_t size_bytes) override;
    void blob_advances(const std::string& name, std::uint64_t bytes) override;
    void blob_ends(const std::string& name, std::uint64_t size_bytes) override;

    /// A line for each blob on its way, the one that began first at the top, and for all others together; not wider
    /// than so many columns: "sha256:0123456789ab [=====>      ] 12.3 MB of 30.4 MB, 5.1 MB/s, 4 s left". Empty where
    /// nothing is on its way.
    std::vector<std::string> lines(std::size_t columns, std::size_t most_lines, Clock::time_point now) const;

private:
    struct Blob {
        std::uint64_t size_bytes = 0;  ///< 0: not known
        std::uint64_t seen_bytes = 0;
        Clock::time_point began = Clock::now();
    };
    mutable std::mutex mutex_;
    std::map<std::string, Blob> blobs_;  ///< on their way
    std::vector<std::string> asked_;     ///< images that a registry was asked for, whose blobs have not begun
};

}  // namespace builder
