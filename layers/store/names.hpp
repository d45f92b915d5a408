// The rule that a name stands for an image or for a manifest list, never for both. Whoever gives a name calls this in
// the same transaction.
#pragma once

#include <string>

#include "layers/store/database.hpp"

namespace layers {

/// Whether an image had the name.
bool take_name_from_image(Database& database, const std::string& name);
/// Removes the manifest list of that name. Whether there was one.
bool take_name_from_list(Database& database, const std::string& name);

}  // namespace layers
