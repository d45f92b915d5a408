#include "registry/transport/local_transports.hpp"

#include "registry/transport/docker_archive.hpp"
#include "registry/transport/folder.hpp"
#include "registry/transport/oci_layout.hpp"
#include "runtime/base/error.hpp"

namespace registry {

bool is_local(Transport transport) noexcept {
    return transport == Transport::oci_folder || transport == Transport::oci_archive ||
           transport == Transport::docker_archive || transport == Transport::folder;
}

std::unique_ptr<ImageSource> open_local_source(const ImageLocation& location) {
    switch (location.transport) {
        case Transport::oci_folder:
            return open_oci_folder(location.path, location.name);
        case Transport::oci_archive:
            return open_oci_archive(location.path, location.name);
        case Transport::docker_archive:
            return open_docker_archive(location.path, location.name);
        case Transport::folder:
            return open_folder_image(location.path);
        default:
            throw runtime::Error("{} is no file or folder", location.text());
    }
}

std::vector<std::string> names_in_archive(const ImageLocation& location) {
    if (location.transport == Transport::docker_archive) return names_in_docker_archive(location.path, location.name);
    if (location.transport == Transport::oci_archive) return names_in_oci_archive(location.path, location.name);
    return {};
}

std::unique_ptr<ImageDestination> make_local_destination(const ImageLocation& location, const runtime::StopSource& stop,
                                                         const std::vector<std::string>& names) {
    if (location.name.starts_with("sha256:"))
        throw runtime::Error("cannot write to {}: an image cannot be given its digest", location.text());
    switch (location.transport) {
        case Transport::oci_folder:
            return make_oci_folder(location.path, location.name, stop);
        case Transport::oci_archive:
            return make_oci_archive(location.path, location.name);
        case Transport::docker_archive:
            return make_docker_archive(location.path, location.name, names);
        case Transport::folder:
            return make_folder_image(location.path);
        default:
            throw runtime::Error("{} is no file or folder", location.text());
    }
}

}  // namespace registry
