// What a store gives up when it has to be smaller: least recently used first, then what is quickly made again. Only
// data here; Garbage reads and removes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace layers {

struct PruneLimits {
    std::optional<std::int64_t> unused_since = {};    ///< seconds since 1970: what was not used since then goes
    std::optional<std::int64_t> keep_bytes = {};      ///< the store takes at most so many
    std::optional<std::int64_t> min_free_bytes = {};  ///< its file system has at least so many

    bool has_any() const noexcept { return unused_since || keep_bytes || min_free_bytes; }
};

/// Something that can be taken away by itself.
struct Prunable {
    enum class Kind { image, step, cache_mount, git_repository, download, build_record };
    Kind kind = Kind::step;
    std::string id;                         ///< of an image, else the name of a folder or an address
    std::int64_t number = 0;                ///< what came later has a larger one
    std::int64_t bytes = 0;                 ///< of a mount, a repository or a download; those of layers are the layers'
    std::int64_t last_used = 0;             ///< seconds since 1970
    std::int64_t took_ms = 0;               ///< to make it; 0 where nobody knows
    std::vector<std::int64_t> layers = {};  ///< of an image: all; of a step: the one that it made
    std::vector<std::size_t> made_on = {};  ///< of a step: the places in the list of the steps below it
};

struct StoreContents {
    struct Layer {
        std::int64_t bytes = 0;  ///< with the blob that it came from
        unsigned images = 0;     ///< how many have it
        bool is_cached = false;  ///< a step has it
        bool is_held = false;    ///< a container has it
    };
    std::map<std::int64_t, Layer> layers;
    /// Steps, mounts, repositories, downloads, and the images that may go. An image that is not in the list keeps its
    /// layers.
    std::vector<Prunable> candidates;
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;  ///< of the file system
};

struct PrunePlan {
    std::vector<Prunable> removed;  ///< in this order; the bytes of each are those that come free with it
    std::int64_t freed_bytes = 0;
    std::int64_t kept_bytes = 0;
};

/// Which candidates may go; all where it is empty.
using PruneFilter = std::function<bool(const Prunable&)>;

/// Without limits all candidates go that nothing needs. A step goes only after the steps that were made on it, and
/// never while an image or a container has its layer: that would give no room.
PrunePlan plan_prune(StoreContents contents, const PruneLimits& limits, const PruneFilter& filter = {});

}  // namespace layers
