// Copies of layers that a step has worked in, kept for the step that comes after it: bringing one up to date costs what
// the step has changed, a new one costs all files of the image.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "layers/store/staging.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// A copy of `folders` (topmost first), with what a step did to it: that is a layer now.
struct KeptCopy {
    layers::StagedLayer place;
    std::vector<std::string> folders;
    runtime::Fd layer;  ///< open, so that no other folder can be taken for it, whatever its name became
};

/// Thread-safe.
class KeptCopies {
public:
    /// A copy that becomes one of `folders` when the layers from `later` on, topmost first, are applied to it.
    struct Found {
        layers::StagedLayer place;
        std::vector<std::string> later;
    };
    std::optional<Found> take(const std::vector<std::string>& folders);
    /// The oldest one goes where there are too many: each needs the room of an image.
    void keep(KeptCopy copy);

private:
    std::mutex mutex_;
    std::vector<KeptCopy> copies_;
};

}  // namespace builder
