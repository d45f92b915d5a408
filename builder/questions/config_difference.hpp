// What the configurations of two images have differently.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/oci/image_config.hpp"

namespace builder {

struct ConfigDifference {
    std::string field;                                 ///< "Env.PATH", "Labels.version", "Cmd", "architecture"
    std::optional<std::string> before = std::nullopt;  ///< a text as it is, all else as JSON; nothing where it is unset
    std::optional<std::string> after = std::nullopt;
};

/// Sorted by field. Times, the history and the layers do not count: files and `history` tell of those.
std::vector<ConfigDifference> difference_of(const layers::oci::ImageConfig& before,
                                            const layers::oci::ImageConfig& after);

}  // namespace builder
