// What `inspect` prints of an image that lies elsewhere: platforms, sizes, layers, configurations.
#pragma once

#include <string>

#include "builder/images/place_contents.hpp"
#include "builder/template/value.hpp"

namespace builder {

TemplateValue describe_contents(const std::string& place, const PlaceContents& contents);

}  // namespace builder
