// -o, --output: what becomes of a build, in the notation of Docker's buildx.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "builder/cli/flags/registry_flags.hpp"
#include "builder/engine/run/build_request.hpp"

namespace builder {

/// What all values of --output ask for together.
struct OutputWishes {
    std::vector<std::string> files;         ///< type=local and type=tar, as parse_exports() takes them
    std::vector<std::string> destinations;  ///< names, "docker://NAME", "oci-archive:FILE", …
    bool pushes_tags = false;               ///< the names of --tag go to their registries
    bool loads_into_docker = false;         ///< type=docker without dest=: as --load=docker
    std::optional<std::string> format;      ///< "oci" or "docker"
    std::map<std::string, std::string> annotations;
    bool rewrites_times = false;
    PackingFlags packing;  ///< compression, level, force
};

/// Takes "type=TYPE,KEY=VALUE,…", where the type is image, registry, docker, oci, local, tar or cacheonly; "FOLDER" and
/// "-". A field in double quotes may hold commas. `tags` are those of --tag: they name what goes into an archive.
/// Throws Error for a type or a key that is not known.
OutputWishes parse_outputs(const std::vector<std::string>& texts, const std::vector<std::string>& tags);

/// Puts what was asked for into the request, beside what other flags say; `packing` are those of the command line.
/// Pushing the tags is left to add_pushes(), Docker's daemon to --load.
void apply_outputs(const OutputWishes& wishes, BuildImageRequest& request, PackingFlags& packing);

/// Whether files or an image go to standard output: then what happens is told on standard error.
bool uses_standard_output(const std::vector<std::string>& outputs, const std::vector<std::string>& destinations);

/// For --push: beside each name, the name's place in its registry. Throws Error where there is no name.
void add_pushes(std::vector<std::string>& destinations);

}  // namespace builder
