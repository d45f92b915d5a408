// RUN --mount=type=cache,preset=NAME: what the caches of package managers are, in one table. docs/cache-mounts.md has
// it for people.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builder/syntax/mount_options.hpp"

namespace builder {

struct CachePreset {
    std::string_view name;
    /// Absolute folders. "$NAME/…" begins with a variable of the step; behind "|" stands what it is where it is not
    /// set: "$CARGO_HOME|/root/.cargo/registry" is `/root/.cargo/registry` then.
    std::vector<std::string_view> targets;
    MountRequest::Sharing sharing;
    /// Variables that lead the program there, where neither the image nor the file sets them.
    std::vector<std::pair<std::string_view, std::string_view>> environment;
};

/// Throws Error with the nearest name for one that there is not.
const CachePreset& require_cache_preset(std::string_view name);

/// Finds a variable of the step.
using VariableFinder = std::function<std::optional<std::string>(std::string_view name)>;

/// The mounts that one with a preset stands for; a mount without one is given back alone. What is given besides
/// (target=, sharing=, id=) counts more than the table; an ID gets the target behind it, where there are several.
std::vector<MountRequest> expand_cache_preset(const MountRequest& mount, const VariableFinder& find);

/// NAME=value, of the preset, for what is not set.
std::vector<std::string> preset_environment(const MountRequest& mount, const VariableFinder& find);

}  // namespace builder
