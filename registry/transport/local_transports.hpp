// All transports that are files or folders, behind one door.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/transport/location.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// Whether the transport is a file or a folder.
bool is_local(Transport transport) noexcept;

/// Throws Error, also for transports that are no files.
std::unique_ptr<ImageSource> open_local_source(const ImageLocation& location);
/// The whole names that an archive gives its image, which go with it wherever the archive goes. None for other places.
std::vector<std::string> names_in_archive(const ImageLocation& location);
/// A stop ends waits for others that write there. `stop` outlives the destination. `names` are those that the image has
/// besides, which an archive of Docker carries as well. Throws Error.
std::unique_ptr<ImageDestination> make_local_destination(const ImageLocation& location, const runtime::StopSource& stop,
                                                         const std::vector<std::string>& names = {});

}  // namespace registry
