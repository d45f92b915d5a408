// An archive that ADD unpacks, as something to copy from.
#pragma once

#include <string>

#include "builder/steps/copy_files.hpp"
#include "layers/store/store.hpp"
#include "layers/unpacker.hpp"
#include "runtime/sys/fd.hpp"

namespace builder {

/// The archive goes into a folder of its own first: what it says about paths is then a tree like any other, and merging
/// it into the layers follows the same rules as every copy. Gone with the object.
class UnpackedArchive {
public:
    /// `name` is for messages. Throws Error.
    UnpackedArchive(layers::Store& store, runtime::Fd archive, const std::string& name);

    /// Everything in it; what lies in the way of something of another type goes. A new destination looks as the archive
    /// says, where it says so. `whole` is the writer of all that goes into the upper folder: it makes the folders on
    /// the way, and hides the times of what neither the archive nor another source describes.
    void copy_to(overlay::UpperFolder& upper, CopyOptions options, const std::string& destination,
                 CopyWriter& whole) const;

private:
    layers::StagedLayer folder_;
    layers::UnpackStatistics unpacked_;
    CopySource source_;
};

}  // namespace builder
