// Mends what Inspection has found in a store, as far as it can be mended.
#pragma once

#include <string>
#include <vector>

#include "layers/store/inspection.hpp"
#include "layers/store/store.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

struct RepairStep {
    bool is_mended = false;
    std::string text;  ///< what was done, or what is left to do
};

/// One for each damage. What is damaged is taken out of use first; then the images that had it are made whole out of
/// the blobs that the store keeps, or out of the registries that their names lead to, and never of anything that has
/// another digest. An image that was built here and has lost a layer cannot be mended: building it again gives it the
/// layer back. Throws Error while another command uses the store.
std::vector<RepairStep> repair(layers::Store& store, const std::vector<layers::Damage>& damages,
                               registry::Registries& registries);

/// What --repair would do about it.
std::string advice_for(const layers::Damage& damage);

}  // namespace builder
