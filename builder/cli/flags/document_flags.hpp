// The flags of `build` that change what the documents of the image say, and what it takes over from its base.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/engine/run/build_image.hpp"

namespace builder {

struct DocumentFlags {
    std::vector<std::string> environment;
    std::vector<std::string> unset_environment;
    std::vector<std::string> os_features;
    std::optional<std::string> os_version;
    std::vector<std::string> unset_annotations;
    std::optional<std::string> cache_ttl;
    bool omits_history = false;
    bool notes_creation = true;
    std::optional<bool> notes_builder;
};

std::vector<Flag> document_flags(DocumentFlags& flags, BuildImageRequest& request);

/// Puts what was given into the request. Throws Error for a bad value.
void apply_document_flags(const DocumentFlags& flags, BuildImageRequest& request);

}  // namespace builder
