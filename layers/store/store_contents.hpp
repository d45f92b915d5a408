// Reads what is in a store, for plan_prune().
#pragma once

#include <set>
#include <string>
#include <vector>

#include "layers/digest.hpp"
#include "layers/store/database.hpp"
#include "layers/store/prune_plan.hpp"
#include "layers/store/store_location.hpp"
#include "runtime/sys/fd.hpp"

namespace layers {

/// What a tree takes on the disk, as far down as it can be walked: a step may have made it deeper.
std::int64_t bytes_below(const runtime::Fd& folder);

/// All that can go, with the images that are named: the caller knows which of them nobody wants. When something was
/// used last is the time of its folder (Layers::note_use), or of its lock. What containers have written is not counted.
/// Throws Error.
/// Layers whose folders are in `used` are held, as those of containers.
StoreContents read_contents(Database& database, const StoreLocation& location, const std::vector<Digest>& images,
                            const std::set<std::string>& used = {});

}  // namespace layers
