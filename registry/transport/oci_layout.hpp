// The OCI image layout (image-spec, image-layout.md), as a folder (oci:FOLDER[:TAG]) and as an archive of one
// (oci-archive:FILE[:TAG]).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/transport/blob_files.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// Reads the image of a tag, or the only one where no tag is given. Throws Error that lists the tags there are.
std::unique_ptr<ImageSource> open_oci_folder(const std::string& folder, const std::string& tag);
std::unique_ptr<ImageSource> open_oci_archive(const std::string& file, const std::string& tag);
/// The whole names that the archive gives that image; none where it has only a tag.
std::vector<std::string> names_in_oci_archive(const std::string& file, const std::string& tag);
/// The same over files that somebody has opened already; `name` is for messages.
std::unique_ptr<ImageSource> open_oci_files(std::unique_ptr<NamedFiles> files, std::string name,
                                            const std::string& tag);

/// Writes into a folder, which is made where it is missing. Other tags in it stay, the same tag is replaced; readers
/// and other writers may work in it at the same time; a stop ends the wait for them. `stop` outlives the destination.
std::unique_ptr<ImageDestination> make_oci_folder(const std::string& folder, const std::string& tag,
                                                  const runtime::StopSource& stop);
/// Writes an archive, whole or not at all. An existing file is replaced.
std::unique_ptr<ImageDestination> make_oci_archive(const std::string& file, const std::string& tag);

}  // namespace registry
