// The images of a store as a tree: each below the one that it stands on.
#pragma once

#include <string>
#include <vector>

#include "builder/questions/lineage.hpp"

namespace builder {

struct FamilyNode {
    const Lineage::Member* member = nullptr;
    std::int64_t added_bytes = 0;  ///< of the layers that the one below it has not
    std::vector<FamilyNode> children = {};
};

/// Those that stand on none first hand, each with all that stand on it. Without `with_intermediate`, an image without
/// a name that others stand on is left out: these stand on what it stands on. Sorted by name.
std::vector<FamilyNode> family_of(const Lineage& lineage, bool with_intermediate);
/// The same of what stands on one image.
std::vector<FamilyNode> descendants_of(const Lineage& lineage, const Lineage::Member& member, bool with_intermediate);

}  // namespace builder
