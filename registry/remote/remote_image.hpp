// Images in registries: docker://NAME[:TAG][@DIGEST].
#pragma once

#include <memory>

#include "layers/store/store.hpp"
#include "registry/reference.hpp"
#include "registry/remote/registries.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

/// An image to be pulled, from the first place that has it: mirrors, then the registry itself. Nothing is asked before
/// the first manifest is. The registries outlive it.
std::unique_ptr<ImageSource> open_remote_image(Registries& registries, const Reference& reference);

/// An image to be pushed. The store says where blobs have been seen and learns where they are now; it and the
/// registries outlive the destination. Several blobs may be put at a time.
std::unique_ptr<ImageDestination> make_remote_image(Registries& registries, layers::Store& store,
                                                    const Reference& reference);

}  // namespace registry
