// Stores that are only read: images that somebody has for all users of a machine. What is used of them is brought into
// the store of this program first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "runtime/sys/stop.hpp"

namespace builder {

/// The roots to look in, besides those that storage.conf calls additional: stores of this program, or of Podman. Said
/// once, before the first look.
void use_additional_stores(std::vector<std::string> roots);

/// Brings the image that a text names into the store, with its names there, where the store has none. Nothing where no
/// additional store has it either. Throws Error for a store that cannot be read.
std::optional<layers::ImageRecord> bring_from_additional_stores(layers::Store& store, const std::string& text,
                                                                const runtime::StopSource& stop);

/// All images of those that are stores of this program.
std::vector<layers::ImageRecord> images_of_additional_stores(layers::Store& store);

}  // namespace builder
