// What was learnt about registries, so that less is packed and sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// Notes only make later pushes quicker, and a registry may know better by then. Where one cannot be written, that is
/// logged and ends nothing. All calls are thread-safe; those that read throw Error.
class RegistryNotes {
public:
    RegistryNotes(GuardedDatabase& database, Transactions& transactions)
        : database_(database), transactions_(transactions) {}

    /// What a layer becomes when it is packed in a way ("gzip 0"), where that is known.
    std::optional<BlobRecord> find_packed_layer(const Digest& diff_id, const std::string& packing);
    void note_packed_layer(const Digest& diff_id, const std::string& packing, const BlobRecord& blob);

    /// Repositories of a registry that a blob was seen in, the newest first, at most three.
    std::vector<std::string> blob_repositories(const Digest& digest, const std::string& host);
    void note_blob_location(const Digest& digest, const std::string& host, const std::string& repository);
    void forget_blob_location(const Digest& digest, const std::string& host, const std::string& repository);

private:
    GuardedDatabase& database_;
    Transactions& transactions_;
};

}  // namespace layers
