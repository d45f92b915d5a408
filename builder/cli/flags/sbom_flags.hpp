// The flags that ask for a list of what is in an image.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/images/sbom.hpp"

namespace builder {

struct SbomFlags {
    std::optional<std::string> preset;
    std::string scanner_image;
    std::vector<std::string> commands;
    std::string merge_strategy;
    std::string output;
    std::string purl_output;
    std::string image_output;
    std::string image_purl_output;
};

std::vector<Flag> sbom_flags(SbomFlags& flags);

/// What they ask for: the preset's, with what else is given in its place. Nothing is wanted where no flag is given.
/// Throws Error for a bad value, and for flags that lack what makes the list.
SbomRequest make_sbom_request(const SbomFlags& flags);

}  // namespace builder
