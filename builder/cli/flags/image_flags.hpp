// The flags of commands that start from an image, and the image itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command_context.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/images/stored_images.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

struct ImageFlags {
    std::optional<std::string> platform;
    std::string os;
    std::string architecture;
    std::string variant;
    std::vector<std::string> pull_policies;  ///< one at most
    bool is_quiet = true;                    ///< nothing is told of what is fetched
    RegistryFlags access;
    std::vector<std::string> decryption_keys;
};

/// --platform, --os, --arch, --variant, --pull and what registries need.
std::vector<Flag> image_flags(ImageFlags& flags);

/// The platform asked for, normalized; this machine's by default. Throws Error for a bad one.
std::string wanted_platform(const ImageFlags& flags);

/// Where a flag asked for a platform: throws Error if the image that `text` found is of another one.
void require_asked_platform(const ImageFlags& flags, const layers::ImageRecord& image, const std::string& text);

/// Finds images by these flags, in the store or elsewhere; what talks to registries is made when it is first needed.
/// Context, flags and stop outlive it.
ImageFinder image_finder(Context& context, const ImageFlags& flags, const runtime::StopSource& stop);

}  // namespace builder
