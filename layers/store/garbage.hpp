// Taking away what the store does not need.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "layers/digest.hpp"
#include "layers/store/layer_users.hpp"
#include "layers/store/prune_plan.hpp"
#include "layers/store/staging.hpp"
#include "layers/store/store_location.hpp"
#include "layers/store/transactions.hpp"
#include "runtime/sys/file_lock.hpp"

namespace layers {

/// A crash in the middle loses nothing that is needed: rows go first, in one transaction that is on the disk before the
/// first file goes. Files that were left are collected the next time, or swept with the staging area.
///
/// All calls are thread-safe and throw Error. On a full disk they do their work with the room of the ballast.
class Garbage {
public:
    /// `store_lock` is held shared; it is made exclusive for a while.
    Garbage(GuardedDatabase& database, Transactions& transactions, const StoreLocation& location,
            const runtime::FileLock& store_lock, const Ballast& ballast, StagingArea& staging)
        : database_(database),
          transactions_(transactions),
          location_(location),
          store_lock_(store_lock),
          ballast_(ballast),
          staging_(staging) {}

    /// From here on `users` is asked before layers go: those that they use stay, with their records. It outlives this.
    void ask(LayerUsers& users) noexcept { users_ = &users; }

    /// Deletes what no record names. Does nothing while another command uses the store. Returns the bytes that came
    /// free. Other commands wait only till the records are gone, not for the files.
    std::int64_t collect();
    /// What would go, by these limits. `images` may go; others do not.
    PrunePlan plan(const std::vector<Digest>& images, const PruneLimits& limits, const PruneFilter& filter = {});
    /// Removes what a plan says, and what no record names then. An image that a container was made from since then is
    /// an error, and all stays. While another command uses the store, only the records go; that gives false.
    bool remove(const PrunePlan& plan);
    /// Deletes what builds keep for the next ones beside the records: caches of RUN --mount, git repositories. As
    /// above.
    std::int64_t clear_kept_folders();
    /// Forgets all of the cache: records of steps, downloads, digests of files. Returns the number of the first. Their
    /// layers and blobs go with collect().
    int clear_cache();

private:
    std::int64_t forget_unused(Database& database, const std::set<std::string>& kept,
                               std::vector<std::string>& doomed) const;
    std::vector<std::string> unused_layer_folders(Database& database, const std::set<std::string>& kept) const;
    std::vector<std::string> unused_blob_files(Database& database) const;
    std::vector<std::string> kept_folders() const;
    static void forget(Database& database, const Prunable& one);
    std::vector<std::string> paths_of(const std::vector<Prunable>& items) const;
    std::vector<std::string> move_to_staging(const std::vector<std::string>& paths);

    GuardedDatabase& database_;
    Transactions& transactions_;
    const StoreLocation& location_;
    const runtime::FileLock& store_lock_;
    const Ballast& ballast_;
    StagingArea& staging_;
    LayerUsers* users_ = nullptr;
};

}  // namespace layers
