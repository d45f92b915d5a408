// Images of a Docker daemon, through its socket: docker-daemon:NAME:TAG. Docker Engine API, "ImageGet" and "ImageLoad".
#pragma once

#include <memory>
#include <string>

#include "registry/http/http_client.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

/// Fetches the image as the archive that `docker save` writes. Throws Error where no daemon answers, or it has no such
/// image. The client outlives it.
std::unique_ptr<ImageSource> open_daemon_image(HttpClient& client, const std::string& name);

/// Takes an image that is handed to the daemon when it is committed.
std::unique_ptr<ImageDestination> make_daemon_image(HttpClient& client, const std::string& name);

}  // namespace registry
