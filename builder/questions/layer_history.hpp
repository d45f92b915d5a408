// Which entry of an image's history tells of which of its layers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/oci/image_config.hpp"

namespace builder {

/// By layer, bottom first, the place of the entry that made it. Nothing where the history tells of fewer layers than
/// there are: those that it does not tell of are the upper ones.
std::vector<std::optional<std::size_t>> entries_of_layers(const layers::oci::ImageConfig& config);

/// The other way round: by entry, the layer that it made. Nothing for entries without a layer.
std::vector<std::optional<std::size_t>> layers_of_entries(const layers::oci::ImageConfig& config);

/// What an entry says as a line of a Containerfile would: without the shell that Buildah and Docker write in front of
/// it, and without what BuildKit puts behind it.
std::string instruction_of(std::string_view created_by);

}  // namespace builder
