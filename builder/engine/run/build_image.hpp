// The main job as one function: Containerfile and context in, image out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/engine/record/build_events.hpp"
#include "builder/engine/run/build_request.hpp"
#include "builder/images/written_image.hpp"
#include "layers/store/store.hpp"

namespace builder {

struct BuiltImage {
    std::optional<layers::ImageRecord> image;  ///< nothing where only files were asked for
    bool was_known = false;                    ///< one like it was made before
    std::vector<std::string> names;            ///< familiar
    std::vector<WrittenImage> written;         ///< to places outside of the store
};

/// Throws Error; the store is as it was, but for the cache and what else is whole.
BuiltImage build_image(layers::Store& store, const runtime::Runner& runner, const BuildImageRequest& request,
                       BuildObserver& observer, runtime::StopSource& stop);

}  // namespace builder
