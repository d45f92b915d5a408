// Images of the store that podman, Buildah and CRI-O share (containers/storage, driver overlay), read only:
// containers-storage:NAME or containers-storage:[overlay@ROOT]NAME.
#pragma once

#include <memory>
#include <string>

#include "registry/transport/transport.hpp"

namespace registry {

/// Whether the text names a store of its own: "[overlay@/root]NAME".
bool names_own_storage(const std::string& name);

/// What the file of a piece of data of an image is called, by the key of the data.
std::string storage_data_name(const std::string& key);

/// Nothing where there is no such store, or it does not have the image. Throws Error for a store that cannot be read.
std::unique_ptr<ImageSource> open_containers_storage(const std::string& text);

}  // namespace registry
