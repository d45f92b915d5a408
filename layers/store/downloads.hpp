// The memory of what addresses gave, so that they are asked only whether it has changed.
#pragma once

#include <optional>
#include <string>

#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// The content is a blob (see Blobs), which may be gone while it is still known here. All calls are thread-safe.
class Downloads {
public:
    Downloads(GuardedDatabase& database, Transactions& transactions)
        : database_(database), transactions_(transactions) {}

    /// Throws Error; "not there" is a value.
    std::optional<DownloadRecord> find(const std::string& url);
    /// Notes it as used now, in the place of what was known. Where that cannot be written, it is logged: the next build
    /// fetches the whole content again.
    void put(const DownloadRecord& download);

private:
    GuardedDatabase& database_;
    Transactions& transactions_;
};

}  // namespace layers
