// What a store takes on the disk, and for what: every block below its root is counted once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/store/store.hpp"

namespace builder {

struct DiskUse {
    /// In the order of these names: "shared layers" (of several images or containers), "unshared layers", "cached
    /// layers" (that only the build cache has, or nobody), "containers", "packed layers", "downloads" (and documents),
    /// "cache mounts", "git repositories", "staging" (of commands at work), "quarantine", "logs", "ballast",
    /// "database", "other".
    struct Kind {
        std::string name;
        std::int64_t number = 0;
        std::int64_t bytes = 0;
    };
    /// An image, and what of its layers it alone has. Bytes of the disk. Those that are only a step on the way to
    /// another one are left out, and share nothing.
    struct Image {
        layers::Digest id;
        std::string name;  ///< may be empty
        std::int64_t bytes = 0;
        std::int64_t unshared_bytes = 0;
        std::int64_t containers = 0;
    };
    /// One thing of a kind, as "container NAME".
    struct Item {
        std::string kind;  ///< as above
        std::string name;
        std::int64_t bytes = 0;
    };

    std::vector<Kind> kinds;
    std::vector<Image> images;  ///< the largest first
    std::vector<Item> items;    ///< all but the layers of images, by kind, the largest first
    std::int64_t total_bytes = 0;
    std::int64_t free_bytes = 0;      ///< of the file system
    bool is_whole = true;             ///< false: something could not be walked, and is missing here
    std::int64_t prunable_bytes = 0;  ///< about what `prune` would free
};

/// Walks all of the store. What others write or remove meanwhile is counted or not. Throws Error where the records
/// cannot be read.
DiskUse measure_disk_use(layers::Store& store);

}  // namespace builder
