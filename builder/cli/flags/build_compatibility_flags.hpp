// The flags of `build` that scripts for other tools have, besides those that shape a build here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/cli/flags/document_flags.hpp"
#include "builder/cli/flags/sbom_flags.hpp"
#include "builder/containers/namespace_choice.hpp"
#include "builder/engine/run/build_image.hpp"

namespace builder {

struct BuildCompatibilityFlags {
    DocumentFlags documents;
    NamespaceWishes namespaces;
    SbomFlags sbom;
    std::vector<std::string> volumes;
    std::vector<std::string> dns_servers;
    std::vector<std::string> dns_options;
    std::vector<std::string> dns_searches;
    std::vector<std::string> argument_files;
    bool omits_hosts = false;
    bool omits_hostname = false;
    std::string raw_id_file;
    std::string metadata_file;
    std::string log_file;
    bool splits_log = false;
    std::string log_limit;
    bool logs_use = false;
    std::string use_log_file;
};

/// Some say in other words what other flags say; some ask for what is so anyway; some say that they are not there yet,
/// by their names.
std::vector<Flag> build_compatibility_flags(BuildCompatibilityFlags& given, BuildImageRequest& request);

/// Puts what was given into the request. Throws Error for a bad value.
void apply_compatibility_flags(const BuildCompatibilityFlags& flags, BuildImageRequest& request);

}  // namespace builder
