// Handing a built image to the engine of this machine that runs containers: --load.
#pragma once

#include <string>
#include <vector>

#include "builder/images/publication.hpp"
#include "layers/store/store.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

enum class LoadPlace { nowhere, docker, podman };

/// Where the value of --load wants it: "docker", "podman", or, with "auto", Docker where its socket answers, else
/// Podman where the store is published; an empty value means nowhere. Throws Error that says what was tried, so that it
/// is told before anything is built.
LoadPlace choose_load_place(const std::string& value, const Publication& publication, const runtime::StopSource& stop);

/// Sends the image to Docker under these names, as Docker reads them; brings what Podman sees up to date. Gives a line
/// for people. Throws Error.
std::string load_image(LoadPlace place, layers::Store& store, Publication& publication,
                       const layers::ImageRecord& image, const std::vector<std::string>& names,
                       const runtime::StopSource& stop);

}  // namespace builder
