// The blobs of the store: what came from elsewhere, kept byte for byte, by digest.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "layers/store/database.hpp"
#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// All calls are thread-safe and throw Error; "not there" is a value.
class Blobs {
public:
    Blobs(GuardedDatabase& database, Transactions& transactions, std::string store_root)
        : database_(database), transactions_(transactions), root_(std::move(store_root)) {}

    /// Where the file of a blob lies, or would.
    std::string path(const Digest& digest) const;
    std::optional<BlobRecord> find(const Digest& digest);
    /// All blobs that hold the tar of this layer, by digest.
    std::vector<BlobRecord> of_layer(const Digest& diff_id);

    /// Makes a written file the blob of this digest, which the caller has verified. When it returns, the content is on
    /// the disk under its own name, and the record is there. After a crash there is the whole blob, or a file that
    /// nothing names, which Garbage collects: never a record of a file that is cut short.
    void add(const std::string& staged_path, const BlobRecord& blob);
    /// The same, and runs a function in the transaction that records the blob: both are there, or neither.
    void add(const std::string& staged_path, const BlobRecord& blob, const std::function<void()>& with);

private:
    void put_in_place(const std::string& staged_path, const BlobRecord& blob) const;
    void insert(const BlobRecord& blob);

    GuardedDatabase& database_;
    Transactions& transactions_;
    std::string root_;
};

}  // namespace layers
