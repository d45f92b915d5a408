// From a finished stage to an image in the store.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "builder/engine/record/stage_state.hpp"
#include "layers/media_type.hpp"
#include "layers/store/store.hpp"

namespace builder {

/// The label that says what made an image.
inline constexpr const char* identity_label = "io.buildah.version";

struct CommitOptions {
    layers::Flavour format = layers::Flavour::oci;
    std::vector<std::string> names;  ///< canonical
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations;                   ///< of the manifest, besides those of the stage
    bool notes_creation = false;                                      ///< an annotation with the time of the image
    layers::TimeRule times = {};                                      ///< sets the creation times
    bool use_cache = true;                                            ///< an image that was made before keeps its time
    std::shared_ptr<const layers::SecretPatterns> secrets = nullptr;  ///< what the documents may not hold
    /// What else is to be changed in the configuration.
    std::function<void(layers::oci::ImageConfig&)> adjust = nullptr;
    /// Asked for the time of an image that the store does not know: its key, and what is to be answered else.
    std::function<std::string(const layers::Digest& key, const std::string& otherwise)> creation_time = nullptr;
    /// With an epoch, entries of the history that are later get it, those of the base image too.
    bool limits_history = true;
};

struct CommittedImage {
    layers::ImageRecord record;
    bool was_known = false;  ///< the cache knows that one like it was made before
    bool is_new = false;     ///< the store had it not
};

/// Waits for the layers' diff IDs, writes the documents, records the image. The same stage again gives the same image
/// and, where that is in the store already under these names, writes nothing. Throws Error where a secret stands in the
/// configuration or the manifest.
CommittedImage commit_image(layers::Store& store, StageState state, const CommitOptions& options);

}  // namespace builder
