// Which layers were searched for which secrets (layers/secret_scan.hpp).
#pragma once

#include <cstdint>
#include <string>

#include "layers/store/database.hpp"
#include "layers/store/records.hpp"

namespace layers {

/// What is noted goes with the layer; a note that a crash took costs one more search. All calls are thread-safe and
/// throw Error.
class SearchedLayers {
public:
    explicit SearchedLayers(GuardedDatabase& database) : database_(database) {}

    /// Whether a layer was searched for the secrets of this mark.
    bool was_searched(const LayerRecord& layer, std::uint16_t mark);
    void note_searched(const LayerRecord& layer, std::uint16_t mark);
    /// What marks of this store are made with: random, known to nobody else, and the same each time.
    std::string salt();

private:
    GuardedDatabase& database_;
};

}  // namespace layers
