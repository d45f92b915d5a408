// One image as plain files in a folder, for looking at (dir:FOLDER): version, manifest.json, and each blob under the
// digits of its digest. Other tools write and read the same.
#pragma once

#include <memory>
#include <string>

#include "registry/transport/transport.hpp"

namespace registry {

std::unique_ptr<ImageSource> open_folder_image(const std::string& folder);

/// Writes into a folder that is new, empty, or has such an image, which is replaced. Throws Error where other files are
/// in the way.
std::unique_ptr<ImageDestination> make_folder_image(const std::string& folder);

}  // namespace registry
