// A digest over what `copy` and `add` bring, as Buildah prints it, so that scripts that compare such digests go on
// working: over a tar stream without times, in which everything belongs to root or to the owner that was asked for.
#pragma once

#include <string>
#include <vector>

#include "builder/steps/copy_files.hpp"

namespace builder {

struct ContentDigest {
    std::string kind;  ///< file, dir or multi
    std::string hex;
};

/// Of each part one digest; of several a digest over those. `destination` with a slash at its end is a folder, in
/// which files keep their names.
ContentDigest digest_content(const std::vector<CopyPart>& parts, const std::string& destination);

}  // namespace builder
