// The flags that say how a working container's commands run. `from` keeps them with the container; `run` takes them
// from there and adds its own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "builder/cli/flags/run_flags.hpp"
#include "builder/containers/container_run.hpp"

namespace builder {

struct ContainerFlags {
    RunFlags run;
    NamespaceWishes namespaces;
    std::vector<std::string> volumes;
    std::vector<std::string> dns_servers;
    std::vector<std::string> dns_options;
    std::vector<std::string> dns_searches;
    bool passes_proxies = true;
};

/// All of them, for `from`.
std::vector<Flag> container_flags(ContainerFlags& flags);

using KeptSettings = std::map<std::string, std::vector<std::string>>;
/// Makes flags note each value that they are given, by their names.
void keep_values(std::vector<Flag>& flags, KeptSettings& settings);
/// Gives flags the values that were noted for them, and their defaults.
void replay(const std::vector<Flag>& flags, const KeptSettings& settings);

/// Notes which capabilities containers.conf gives, for the container has those ever after.
void keep_capabilities(KeptSettings& settings);
/// Those that were noted; nothing where the container was made before that was done.
std::optional<std::vector<std::string>> kept_capabilities(const KeptSettings& settings);

/// What --dns, --dns-option and --dns-search ask for: lines of /etc/resolv.conf, or with "none" that the image's file
/// stays. Throws Error.
void set_resolver(RunSettings& settings, const std::vector<std::string>& servers,
                  const std::vector<std::string>& options, const std::vector<std::string>& searches);

/// Notices for the user go to `notices`. Throws Error for a bad value.
void apply_container_flags(const ContainerFlags& flags, ContainerRun& run, std::vector<std::string>& notices);

}  // namespace builder
