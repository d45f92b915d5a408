// Manifest lists that are put together in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// All calls are thread-safe and throw Error; "not there" is a value. Each change is whole (see Transactions).
class ManifestLists {
public:
    ManifestLists(GuardedDatabase& database, Transactions& transactions)
        : database_(database), transactions_(transactions) {}

    /// Without its blobs, which are only written.
    std::optional<ManifestListRecord> find(const std::string& name);
    /// Makes it, or takes the place of the one of that name. An image that had the name has it no longer. Blobs that it
    /// names are kept by Garbage as long as it is there.
    void put(const ManifestListRecord& list);
    /// Whether there was one.
    bool remove(const std::string& name);
    /// The names, sorted.
    std::vector<std::string> list();

private:
    GuardedDatabase& database_;
    Transactions& transactions_;
};

}  // namespace layers
