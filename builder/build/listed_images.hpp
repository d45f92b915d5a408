// Images of the store that are members of manifest lists: what a list's name means where an image is wanted.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "layers/oci/platform.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// The member of the list of that canonical name which is best for a platform and whose image the store has. Nothing
/// where there is no such list or no such member.
std::optional<layers::ImageRecord> find_listed_image(layers::Store& store, const std::string& name,
                                                     const layers::Platform& platform);

/// By image ID, the canonical names of the lists that an image is a member of.
using ListsOfImages = std::map<std::string, std::vector<std::string>>;
ListsOfImages lists_of_images(layers::Store& store);

}  // namespace builder
