// Draws how far images are on their way: a bar a blob on a terminal; else the lines that scripts for Buildah know.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "builder/cli/live_region.hpp"
#include "builder/cli/transfer_bars.hpp"
#include "registry/transport/transfer_observer.hpp"

namespace builder {

class TransferProgress final : public registry::TransferObserver {
public:
    /// Writes to a descriptor that stays open.
    TransferProgress(int descriptor, bool is_terminal) : descriptor_(descriptor), is_terminal_(is_terminal) {}
    ~TransferProgress() override;
    void name_resolved(const std::string& sentence) override;
    void image_asked(const std::string& name) override;
    void image_begins() override;
    void image_ends(const std::string& manifest) override;
    void blob_begins(const std::string& name, std::uint64_t size_bytes) override;
    void blob_advances(const std::string& name, std::uint64_t bytes) override;
    void blob_ends(const std::string& name, std::uint64_t size_bytes) override;

private:
    using Clock = std::chrono::steady_clock;
    void tell(const std::string& line);
    void draw();
    void write(const std::string& text) const;

    int descriptor_;
    bool is_terminal_;
    std::mutex mutex_;
    std::set<std::string> blobs_;  ///< that were told of
    TransferBars bars_;            ///< on a terminal
    LiveRegion region_;            ///< the same
    Clock::time_point drawn_ = {};
};

/// Tells of an image that was made in the store, in the lines of one that is copied.
void tell_stored(TransferProgress& progress, const std::string& manifest);

/// Nothing where nothing is to be told. The descriptor stays open.
std::shared_ptr<TransferProgress> make_transfer_progress(bool is_quiet, int descriptor = 2);

}  // namespace builder
