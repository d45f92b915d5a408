// A folder of blobs by digest in front of a place: what it has is not fetched, what is fetched goes into it.
#pragma once

#include <memory>
#include <string>

#include "registry/transport/transport.hpp"

namespace registry {

/// Each blob is the file FOLDER/ALGORITHM:HEX, as other tools have it. The folder is made where it does not exist; the
/// source outlives what is given. Throws Error.
std::unique_ptr<ImageSource> with_blob_cache(ImageSource& source, const std::string& folder);

}  // namespace registry
