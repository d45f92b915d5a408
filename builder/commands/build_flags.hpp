// The flags of `build`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/cli/flags/build_compatibility_flags.hpp"
#include "builder/cli/flags/build_limit_flags.hpp"
#include "builder/cli/flags/registry_flags.hpp"
#include "builder/cli/flags/run_flags.hpp"
#include "builder/engine/run/build_request.hpp"

namespace builder {

struct BuildOptions {
    BuildImageRequest request;
    std::vector<std::string> tags;
    std::string iid_file;
    std::string progress = "auto";
    bool explains = false;
    std::string on_error = "fail";
    std::string resume_from;  ///< a container, for `debug resume`
    std::string trace_file;
    bool quiet = false;
    std::optional<bool> layers;          ///< --layers
    std::optional<bool> removes;         ///< --rm
    std::optional<bool> forces_removal;  ///< --force-rm
    bool check = false;
    std::string call = "build";
    std::vector<std::string> outputs;
    std::vector<std::string> secrets;
    std::vector<std::string> ssh;
    std::vector<std::string> permissions;  ///< --allow
    RunFlags run;
    std::vector<AskedSetting> asked;  ///< of the flags for the containers of steps
    RegistryFlags access;
    PackingFlags packing;
    std::vector<std::string> decryption_keys;
    bool pushes = false;
    std::string load;  ///< --load, as choose_load_place() takes it
    std::string manifest_list;
    std::vector<std::string> platforms;
    bool all_platforms = false;
    BuildCompatibilityFlags compatibility;
    BuildLimitFlags limits;
};

/// The flags write into `options`, which outlives them.
std::vector<Flag> build_flags(BuildOptions& options);

/// What builder.toml of the context says, where the command line says nothing. Throws Error.
void take_project_settings(Context& context, BuildOptions& options);

}  // namespace builder
