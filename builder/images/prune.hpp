// Making a store smaller: what nobody needs, by limits and by what it is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "layers/store/prune_plan.hpp"
#include "layers/store/store.hpp"
#include "registry/settings/builder_toml.hpp"

namespace builder {

/// The images that nobody wants: without a name, no image or list stands on them, no container was made from them. With
/// `all`, those with a name as well. The newest first, and so those that stand on others before these.
std::vector<layers::Digest> unwanted_images(layers::Store& store, bool all);

/// A size (20GB), and an age (7d, 36h) or a time (2024-12-31) as seconds since 1970, as the flags of `prune` and
/// builder.toml have them. Throw Error.
std::int64_t parse_room(const std::string& text);
std::int64_t parse_moment(const std::string& text);

/// What [store] of builder.toml says. Throws Error naming the key.
layers::PruneLimits limits_of(const registry::StoreSettings& settings);

/// "image", "step", "cache-mount", "git-repository", "download".
const char* name_of(layers::Prunable::Kind kind);

}  // namespace builder
