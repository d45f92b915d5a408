// --filter of `images`: which images are listed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"

namespace builder {

/// One name of an image as a row of the list; without a name it is empty.
struct ListedImage {
    const layers::ImageRecord* image;
    std::string name;
    bool is_read_only = false;  ///< of an additional store
};

using ImageFilter = std::function<bool(const ListedImage&)>;

/// Throws Error for a filter that there is not, or an image that is not there.
ImageFilter parse_image_filter(layers::Store& store, const std::string& text);

/// Whether a name fits what somebody typed: a part of its end at a slash, with or without a tag, or a pattern with
/// wildcards.
bool fits_reference(const std::string& name, const std::string& pattern);

}  // namespace builder
