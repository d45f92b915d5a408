// Who stands on published layers: layers, containers and images in the stores of Podman and its relatives.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace registry {

/// A store of containers-storage, as storage.conf names it.
struct StorageRoots {
    std::string root;
    std::string runroot;  ///< may be empty: not known
};

/// What the stores use and do not have themselves, by its ID, and what uses it, as messages name it: "the container
/// web", "the image docker.io/library/x:1", "a layer of /var/lib/containers/storage".
struct StorageUsers {
    std::map<std::string, std::string> layers;
    /// Of these they have a name of their own, or a container, and not the documents.
    std::map<std::string, std::string> images;
};

/// A store that is not there uses nothing. Throws Error for one that cannot be read.
StorageUsers users_of_storage(const std::vector<StorageRoots>& stores);

}  // namespace registry
