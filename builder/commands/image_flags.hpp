// The flags of commands that start from an image, and the image itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/context.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

struct ImageFlags {
    std::string platform;
    std::string os;
    std::string architecture;
    std::string variant;
    std::string pull_policy = "missing";
};

/// --platform, --os, --arch, --variant, --pull and what registries need.
std::vector<Flag> image_flags(ImageFlags& flags);

/// The platform asked for, normalized; this machine's by default. Throws Error for a bad one.
std::string wanted_platform(const ImageFlags& flags);

/// An image that was found or fetched, and the canonical name it is known by; empty where it has none.
struct FoundImage {
    layers::ImageRecord image;
    std::string name;
};

/// The image that a text names, in the store or at a place, by the pull policy. Throws Error with the nearest names.
FoundImage fetch_image(layers::Store& store, const std::string& text, const ImageFlags& flags,
                       const runtime::StopSource& stop);

}  // namespace builder
