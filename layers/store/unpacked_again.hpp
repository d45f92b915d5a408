// What a layer that came from elsewhere was when it was unpacked.
#pragma once

#include "layers/digest.hpp"
#include "layers/store/records.hpp"
#include "layers/store/staging.hpp"

namespace layers {

/// Unpacks a layer's blob again, above the same folders as before, and gives the digest of the tar that the store makes
/// of such a folder. Where others have made the blob, that is not its diff ID. Throws Error.
Digest digest_unpacked_again(const std::string& blob_path, const LayerRecord& layer, StagingArea& staging);

}  // namespace layers
