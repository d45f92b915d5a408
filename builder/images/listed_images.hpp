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

/// Whether nothing holds an image: it has no name, no container is made from it, no list has it.
bool is_unused(layers::Store& store, const layers::Digest& image_id);
/// Removes an image that was made for another place only, unless somebody has named or used it since. Others that name
/// it at the same moment do so before or after, never between.
void remove_if_unused(layers::Store& store, const layers::Digest& image_id);

}  // namespace builder
