// Builds for several platforms: which ones, and one build after the other from one input.
#pragma once

#include <string>
#include <vector>

#include "builder/engine/run/build_image.hpp"
#include "runtime/sys/fd.hpp"

#include "layers/oci/platform.hpp"

namespace builder {

/// The value of --platform. Throws Error in the words of Buildah.
layers::Platform parse_platform_flag(const std::string& text);
/// The platforms of "linux/amd64,linux/arm64" and the like, normalized, each once. Throws Error.
std::vector<std::string> parse_platforms(const std::vector<std::string>& texts);

/// --all-platforms: those that all base images of the target have. Throws Error where there is none.
std::vector<std::string> platforms_of_bases(layers::Store& store, const BuildImageRequest& given,
                                            const runtime::StopSource& stop);

/// Standard input, where builds read it, as a file that each of them can read from its beginning.
class RewindableInput {
public:
    /// Copies what standard input has, if the request reads it.
    RewindableInput(const BuildImageRequest& request, layers::Store& store);
    void rewind() const;

private:
    bool is_read_ = false;
};

/// What one of several builds is asked for: exported folders get one below them for each platform. Throws Error for
/// what several cannot share.
BuildImageRequest request_for_platform(const BuildImageRequest& request, const std::string& platform);

}  // namespace builder
