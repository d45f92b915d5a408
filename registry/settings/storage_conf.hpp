// storage.conf(5): where the store of podman and its relatives is. Nothing else of it is this program's affair, whose
// store is another one.
#pragma once

#include <string>
#include <vector>

namespace registry {

/// What a storage.conf says of where things are, with what holds where it says nothing.
struct StorageSettings {
    std::string file;                     ///< empty where there is none
    std::string driver;                   ///< empty: the first that works
    std::string root;                     ///< of the store that is written to
    std::string runroot;                  ///< what may vanish at reboot
    std::vector<std::string> additional;  ///< stores that are only read
};

/// Out of the file that Podman reads for this user: $CONTAINERS_STORAGE_CONF, else the first there is of the user's,
/// the machine's and the distribution's. Throws Error for a file that cannot be understood.
StorageSettings storage_settings();
/// Out of a given file, which need not be there.
StorageSettings storage_settings(const std::string& file);

/// The roots to look for images in: the user's or the system's, then the additional ones. Throws Error for a file that
/// cannot be understood.
std::vector<std::string> shared_storage_roots();

}  // namespace registry
