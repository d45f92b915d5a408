// Places of images as users write them: oci:FOLDER:TAG, docker-archive:FILE, docker://NAME.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace registry {

enum class Transport {
    registry,        ///< docker://NAME
    oci_folder,      ///< oci:FOLDER[:TAG] or oci:FOLDER@DIGEST
    oci_archive,     ///< oci-archive:FILE[:TAG]
    docker_archive,  ///< docker-archive:FILE[:NAME:TAG]
    folder,          ///< dir:FOLDER
    store,           ///< containers-storage:NAME
    docker_daemon,   ///< docker-daemon:NAME:TAG
};

struct ImageLocation {
    Transport transport = Transport::registry;
    std::string path = {};  ///< of the folder or file; empty for the other transports
    std::string name = {};  ///< tag, name or digest; empty where none is given

    /// As it is written.
    std::string text() const;
    bool operator==(const ImageLocation&) const = default;
};

/// Nothing for a plain name, which has no transport. Throws Error where the rest makes no sense for its transport.
std::optional<ImageLocation> parse_image_location(std::string_view text);

}  // namespace registry
