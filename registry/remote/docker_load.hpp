// Handing an image of the store to a Docker daemon as one stream: nothing is written on the way.
#pragma once

#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "registry/http/http_client.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// Whether a daemon answers at the socket; else `why` says what was tried and why not.
bool docker_daemon_answers(HttpClient& client, std::string& why);

/// Sends what `docker save` would have written (Docker Engine API, "ImageLoad"). Names are as Docker reads them: "app"
/// is its docker.io/library/app:latest. Without any it knows the image by its ID. Throws Error.
void load_into_docker(HttpClient& client, layers::Store& store, const layers::ImageRecord& image,
                      const std::vector<std::string>& names);

}  // namespace registry
