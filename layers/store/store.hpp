// The store: images, layers, the cache and blobs of one root folder. Several processes may use it at once.
#pragma once

#include <string>

#include "layers/store/ballast.hpp"
#include "layers/store/blobs.hpp"
#include "layers/store/containers.hpp"
#include "layers/store/database.hpp"
#include "layers/store/downloads.hpp"
#include "layers/store/driver_choice.hpp"
#include "layers/store/file_memory.hpp"
#include "layers/store/garbage.hpp"
#include "layers/store/images.hpp"
#include "layers/store/inspection.hpp"
#include "layers/store/layers.hpp"
#include "layers/store/locks.hpp"
#include "layers/store/manifest_lists.hpp"
#include "layers/store/records.hpp"
#include "layers/store/registry_notes.hpp"
#include "layers/store/searched_layers.hpp"
#include "layers/store/staging.hpp"
#include "layers/store/step_records.hpp"
#include "layers/store/store_format.hpp"
#include "layers/store/store_location.hpp"
#include "layers/store/transactions.hpp"
#include "runtime/sys/file_lock.hpp"

namespace layers {

/// An open store: what all of its parts stand on, and the parts, each with the calls for one kind of thing. The header
/// of a part says what its calls guarantee. All calls are thread-safe.
class Store {
public:
    /// Opens the store and makes it where it does not exist. Holds a shared lock on it as long as it lives, so that
    /// nothing is collected under a running command. From then on this process works in the format of the store; throws
    /// Error where it has another one already, or where a newer version of builder wrote it.
    explicit Store(StoreLocation location, StoreFormat format = StoreFormat::root);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    const StoreLocation& location() const noexcept { return location_; }
    StagingArea& staging() noexcept { return staging_; }

    Layers& layers() noexcept { return layers_; }
    Images& images() noexcept { return images_; }
    ManifestLists& manifest_lists() noexcept { return manifest_lists_; }
    Containers& containers() noexcept { return containers_; }
    Blobs& blobs() noexcept { return blobs_; }
    StepRecords& step_records() noexcept { return step_records_; }
    SearchedLayers& searched_layers() noexcept { return searched_layers_; }
    FileMemory& file_memory() noexcept { return file_memory_; }
    Downloads& downloads() noexcept { return downloads_; }
    RegistryNotes& registry_notes() noexcept { return registry_notes_; }
    Garbage& garbage() noexcept { return garbage_; }
    Inspection& inspection() noexcept { return inspection_; }
    Transactions& transactions() noexcept { return transactions_; }
    const StoreLocks& locks() const noexcept { return locks_; }

    /// How roots are stacked here.
    overlay::Driver driver() { return driver_.get(); }
    const std::string& refusal_of_overlayfs() const noexcept { return driver_.refusal_of_overlayfs(); }

    struct Summary {
        std::int64_t images = 0;
        std::int64_t layers = 0;
        std::int64_t layer_bytes = 0;
        std::int64_t cache_records = 0;
        std::int64_t blobs = 0;
        std::int64_t blob_bytes = 0;
    };
    Summary summary();

private:
    StoreLocation location_;
    runtime::FileLock lock_;
    Ballast ballast_;
    GuardedDatabase database_;
    StagingArea staging_;
    DriverChoice driver_;
    Transactions transactions_;
    StoreLocks locks_;
    Blobs blobs_;
    Layers layers_;
    Images images_;
    ManifestLists manifest_lists_;
    Containers containers_;
    StepRecords step_records_;
    SearchedLayers searched_layers_;
    FileMemory file_memory_;
    Downloads downloads_;
    RegistryNotes registry_notes_;
    Garbage garbage_;
    Inspection inspection_;
};

}  // namespace layers
