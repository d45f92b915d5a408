// The build cache: what steps gave when they were run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/store/records.hpp"
#include "layers/store/transactions.hpp"

namespace layers {

/// A record says nothing that cannot be found out again by running the step: losing one costs time. What must not
/// happen is a record of files that are not there: records go with their layers (see Layers).
///
/// All calls are thread-safe and throw Error; "not there" is a value. Each change is whole (see Transactions).
class StepRecords {
public:
    StepRecords(GuardedDatabase& database, Transactions& transactions, std::string layers_folder)
        : database_(database), transactions_(transactions), layers_folder_(std::move(layers_folder)) {}

    /// What a step gave when it was run on the very files that `below` names (see CacheRecord). A record whose layer
    /// was taken away is forgotten.
    std::optional<CacheRecord> find(const Digest& key, const std::string& below);
    /// Takes the place of a record with the same key.
    void put(const CacheRecord& record, std::vector<KeyInput> inputs);
    /// The inputs of the record with this key; empty where there is none.
    std::vector<KeyInput> inputs_of_key(const Digest& key);
    /// The inputs of the newest record of a step: what a miss is compared with.
    std::vector<KeyInput> inputs_of(const Digest& step);

private:
    std::vector<KeyInput> inputs_where(const std::string& condition, const Digest& digest);
    GuardedDatabase& database_;
    Transactions& transactions_;
    std::string layers_folder_;
};

}  // namespace layers
