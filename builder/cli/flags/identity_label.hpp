// The label that says what made an image, which scripts for Buildah test for.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace builder {

/// Sets it where --identity-label was given, or nothing was said and the image has no fixed time, for such an image
/// says nothing of when and by what it was made.
void set_identity_label(std::map<std::string, std::string>& labels, std::optional<bool> wish, bool has_fixed_time);

}  // namespace builder
