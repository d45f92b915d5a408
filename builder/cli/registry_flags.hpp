// The flags of all commands that talk to registries.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/cli/context.hpp"
#include "registry/export_image.hpp"
#include "registry/settings/access_options.hpp"

namespace builder {

struct RegistryFlags {
    std::string auth_file;
    std::string certificate_folder;
    std::string credentials;
    std::string policy_file;
    std::string blob_cache;
    std::optional<bool> tls_verify;
    std::optional<std::int64_t> retry;
    std::string retry_delay;
};

/// --authfile, --cert-dir, --creds, --tls-verify, --retry, --retry-delay.
std::vector<Flag> registry_flags(RegistryFlags& flags);

/// With the global flags. `places` are the images that the command line names: what --creds and --cert-dir give is for
/// their registry alone. Sentences for the user go to `notice`, by default to standard error. Throws Error for bad
/// values.
registry::AccessOptions access_options(const Context& context, const RegistryFlags& flags,
                                       std::vector<std::string> places, registry::Notice notice = nullptr);

/// How layers are packed that leave the store.
struct PackingFlags {
    std::string compression;
    std::optional<std::int64_t> level;
    bool disable_compression = false;
    bool force_compression = false;
};

/// --compression-format, --compression-level, --disable-compression, --force-compression.
std::vector<Flag> packing_flags(PackingFlags& flags);
/// Throws Error for bad values.
registry::ExportOptions make_packing(const PackingFlags& flags);

}  // namespace builder
