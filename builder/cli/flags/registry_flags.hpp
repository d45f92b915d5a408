// The flags of all commands that talk to registries.
#pragma once

#include <string>
#include <vector>

#include "builder/cli/command.hpp"
#include "builder/cli/command_context.hpp"
#include "registry/export_image.hpp"
#include "registry/settings/access_options.hpp"

namespace builder {

struct RegistryFlags {
    std::string auth_file;
    std::string certificate_folder;
    std::optional<std::string> credentials;
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

/// Who may open the layers that leave the store.
struct EncryptionFlags {
    std::vector<std::string> keys;
    std::vector<std::string> layers;
};

/// --encryption-key, --encrypt-layer.
std::vector<Flag> encryption_flags(EncryptionFlags& flags);
/// Throws Error for bad values.
registry::LayerEncryption make_encryption(const EncryptionFlags& flags);
/// --decryption-key; the values go to parse_decryption_keys().
Flag decryption_flag(std::vector<std::string>& keys);

/// How layers are packed that leave the store.
struct PackingFlags {
    std::optional<std::string> compression;
    std::optional<std::int64_t> level;
    std::optional<bool> disable_compression;
    std::optional<bool> force_compression;
};

/// --compression-format, --compression-level, --disable-compression, --force-compression.
std::vector<Flag> packing_flags(PackingFlags& flags);
/// The compression of a name: gzip or zstd; zstd:chunked is packed as zstd. Throws Error.
layers::Compression parse_compression(const std::string& name);
/// Throws Error for bad values.
registry::ExportOptions make_packing(const PackingFlags& flags);
/// The same for what is made here, and goes to files and folders unpacked unless it is asked for.
registry::ExportOptions make_packing_of_builds(const PackingFlags& flags);

}  // namespace builder
