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

/// For each layer that the stores use and do not have themselves, by its ID: what uses it, as messages name it: "the
/// container web", "the image docker.io/library/x:1", "a layer of /var/lib/containers/storage". A store that is not
/// there uses none. Throws Error for one that cannot be read.
std::map<std::string, std::string> users_of_layers(const std::vector<StorageRoots>& stores);

}  // namespace registry
