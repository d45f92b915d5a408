// Images as one file, and back: what `save` writes and `load` reads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

/// An image, and the names that it has in the archive.
struct SavedImage {
    layers::ImageRecord image;
    std::vector<std::string> names;
};

/// Writes images into an archive as `docker save` does; `file` may be "-". Layers that several have are there once.
/// Throws Error; the file is whole then, or as it was.
void save_images(layers::Store& store, const std::vector<SavedImage>& images, const std::string& file,
                 registry::Registries& registries);

struct LoadedImage {
    layers::ImageRecord image;
    std::vector<std::string> names;  ///< canonical, as the archive says
};

/// Brings all images of an archive into the store, whatever wrote it (docker save, podman save, oci-archive:) and
/// however it is packed (gzip, zstd, xz, bzip2). `file` may be "-", or a pipe. They get no names. Each is told as it
/// has come, so that those before a failure are no loss. Throws Error; a stop ends it.
void load_images(layers::Store& store, const std::string& file, const std::string& platform,
                 registry::Registries& registries, const std::function<void(const LoadedImage&)>& loaded);

}  // namespace builder
