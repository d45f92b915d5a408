// Putting a store into the additionalimagestores of a storage.conf, and taking it out, with all else as it stands.
#pragma once

#include <string>

#include "registry/settings/storage_conf.hpp"

namespace registry {

/// "additionalimagestores = [\"/var/lib/builder/podman\"]", for people who write it themselves.
std::string additional_store_line(const std::string& store);

/// The text of the file with the store, which becomes the first one. `file` is for messages. Throws Error where the
/// text cannot be understood, or is written in a way that cannot be edited line by line.
std::string with_additional_store(const std::string& text, const std::string& file, const std::string& store);
/// The text without it; the same text where it is not there.
std::string without_additional_store(const std::string& text, const std::string& file, const std::string& store);

/// A whole file for who has none of their own: what held for them till now, as the settings say, and the store.
/// Options of the driver are taken over from `text`, that of the file which held; it may be empty.
std::string new_storage_conf(const StorageSettings& settings, const std::string& text, const std::string& store,
                             bool names_runroot);

/// Where setup writes: $CONTAINERS_STORAGE_CONF, else the user's file, else, for root, the machine's.
std::string own_storage_conf();

}  // namespace registry
