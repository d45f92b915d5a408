// Which images stand on a base whose name means another image today.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

struct BaseState {
    enum class Kind {
        current,
        outdated,
        unknown,  ///< `reason` says why nobody could be asked
    };
    std::string image;        ///< name
    std::string base;         ///< canonical name
    layers::Digest built_on;  ///< the base's manifest
    Kind kind = Kind::unknown;
    std::optional<layers::Digest> now = std::nullopt;  ///< what the name means today: a manifest or an index
    std::string reason = {};
};

/// For each name of each image that says what it stands on (org.opencontainers.image.base.*). Who knows what the name
/// means is its registry, for localhost the store. Each base is asked for once.
std::vector<BaseState> compare_with_bases(layers::Store& store, registry::Registries& registries);

/// "current", "outdated", "unknown".
const char* name_of(BaseState::Kind kind) noexcept;

}  // namespace builder
