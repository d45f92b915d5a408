// --budget: how large an image may be, or become.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "builder/engine/record/stage_state.hpp"
#include "layers/store/store.hpp"

namespace builder {

struct SizeBudget {
    std::string text;         ///< as given
    std::uint64_t bytes = 0;  ///< of all layers, unpacked
    bool is_growth = false;   ///< beyond the image that has the name now
};

/// "image=SIZE" or "image=+SIZE"; sizes as parse_size() takes them. Throws Error.
SizeBudget parse_size_budget(const std::string& text);

/// Throws Error where the layers of a stage are larger than allowed: with the steps that added most, and how much.
/// `before` is the image that has the name now. Waits for the layers.
void require_within(const SizeBudget& budget, const StageState& state,
                    const std::optional<layers::ImageRecord>& before);

}  // namespace builder
