// What images out of files and folders are called in the store.
#pragma once

#include <string>
#include <vector>

#include "layers/store/store.hpp"

namespace builder {

/// The names, canonical, that the image at a place ("oci-archive:…") brings along; none for a place that has none.
/// A tag of a folder is taken for a name on docker.io, one of an archive for a name of this machine.
std::vector<std::string> names_at_place(const std::string& place);

/// Gives the image these names, but for those that another image has here: no file takes a name away from an image.
/// That one keeps its name is told on standard error.
void give_free_names(layers::Store& store, const layers::ImageRecord& image, const std::vector<std::string>& names);

}  // namespace builder
