// Flags of `docker buildx build` beside those that Buildah has, too. docs/docker.md lists them all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/engine/run/build_request.hpp"

namespace builder {

/// They write into `request`, which outlives them. What asks for something that is not there is an error that says so.
std::vector<Flag> docker_build_flags(BuildImageRequest& request);

/// Sorts what --annotation was given: "index:KEY" and "manifest-descriptor:KEY" go to the list of several platforms and
/// its members, "manifest:KEY" is KEY. Throws Error for a type that is not known, and for one of an index where
/// `makes_index` is false.
void sort_annotations(BuildImageRequest& request, bool makes_index);

/// Takes "type=inline" out of --cache-to, which is then told by the image itself.
void take_inline_cache(BuildImageRequest& request);

}  // namespace builder
