// storage.conf(5): where the store of podman and its relatives is. Nothing else of it is this program's affair, whose
// store is another one.
#pragma once

#include <string>
#include <vector>

namespace registry {

/// The roots to look for images in: the user's or the system's, then the additional ones. Throws Error for a file that
/// cannot be understood.
std::vector<std::string> shared_storage_roots();

}  // namespace registry
