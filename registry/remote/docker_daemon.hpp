// Images of a Docker daemon, through its socket: docker-daemon:NAME:TAG. Docker Engine API, "ImageGet" and "ImageLoad".
#pragma once

#include <memory>
#include <string>

#include "registry/http/http_client.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

/// The socket that DOCKER_HOST names, else the usual one. Throws Error where it names something else.
std::string docker_socket();

/// Sends a request, whose URL is a path, and gives the answer; throws Error that names the socket where the daemon says
/// no, or nobody answers.
HttpResponse ask_docker_daemon(HttpClient& client, HttpRequest request);

/// The name as the daemon keeps it; IDs stay as they are.
std::string docker_daemon_name(const std::string& text);

/// Reads the answer to an archive that was sent: what went wrong is in its text, with status 200. Throws Error.
void check_docker_load(HttpResponse& response);

/// Fetches the image as the archive that `docker save` writes. Throws Error where no daemon answers, or it has no such
/// image. The client outlives it.
std::unique_ptr<ImageSource> open_daemon_image(HttpClient& client, const std::string& name);

/// Takes an image that is handed to the daemon when it is committed.
std::unique_ptr<ImageDestination> make_daemon_image(HttpClient& client, const std::string& name);

}  // namespace registry
