#include "builder/cli/flags/registry_flags.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <charconv>

#include "builder/syntax/duration.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/text.hpp"

namespace builder {
namespace {

void print_notice(std::string_view text) {
    if (!runtime::logs(runtime::LogLevel::warn)) return;
    const std::string line = fmt::format("builder: {}\n", runtime::harmless(text));
    // In one piece: several threads may have something to say.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

std::chrono::nanoseconds retry_delay(const std::string& text) {
    try {
        return parse_duration(text);
    } catch (const runtime::Error& error) {
        runtime::Error named("unable to parse value provided \"{}\" as --retry-delay: {}", text, error.full_message());
        throw named.with_hint(error.hint());
    }
}

/// One that is named has to be there: else a wrong name would go to registries without a password.
void require_credential_file(const std::string& path) {
    if (!path.empty() && ::faccessat(AT_FDCWD, path.c_str(), F_OK, 0) != 0)
        throw runtime::SystemError("credential file is not accessible: faccessat {}", path);
}

/// Nobody is asked for what --creds leaves out, for nobody may be there; builder login does that.
std::string given_credentials(const RegistryFlags& flags) {
    if (!flags.credentials) return "";
    const char* const hint = "builder login asks for the password and keeps it";
    if (flags.credentials->empty())
        throw runtime::Error("building system context: reading user name: EOF").with_hint(hint);
    if (flags.credentials->ends_with(':'))
        throw runtime::Error("building system context: could not read password from terminal: --creds has none")
            .with_hint(hint);
    return *flags.credentials;
}

}  // namespace

std::vector<Flag> registry_flags(RegistryFlags& flags) {
    std::vector<Flag> result = {
        flag("authfile", 0, "FILE", "path of the authentication file (default: $REGISTRY_AUTH_FILE)", flags.auth_file),
        flag("cert-dir", 0, "FOLDER", "directory with certificates for the registry: *.crt, *.cert and *.key",
             flags.certificate_folder),
        flag("creds", 0, "USER:PASSWORD", "credentials for the registry", flags.credentials),
        flag("tls-verify", 0, "require HTTPS and verify certificates (default true)", flags.tls_verify),
        flag("retry", 0, "NUMBER", "number of retries of a failed transfer (default: until a deadline)", flags.retry),
        flag("retry-delay", 0, "DURATION", "delay before the first retry; doubled before each further one",
             flags.retry_delay),
        flag("signature-policy", 0, "FILE", "signature policy file (default: policy.json)", flags.policy_file),
        flag("blob-cache", 0, "FOLDER", "directory that caches blobs", flags.blob_cache)};
    for (Flag& one : result) one.hidden = one.name == "signature-policy" || one.name == "blob-cache";
    return result;
}

registry::AccessOptions access_options(const Context& context, const RegistryFlags& flags,
                                       std::vector<std::string> places, registry::Notice notice) {
    registry::AccessOptions options;
    require_credential_file(flags.auth_file);
    options.auth_file = flags.auth_file;
    options.certificate_folder = flags.certificate_folder;
    options.credentials = given_credentials(flags);
    options.credentials_for = std::move(places);
    options.tls_verify = flags.tls_verify;
    if (!flags.policy_file.empty() && ::access(flags.policy_file.c_str(), R_OK) != 0)
        throw runtime::SystemError("obtaining default signature policy: open {}", flags.policy_file);
    options.policy_file = flags.policy_file;
    options.blob_cache = flags.blob_cache;
    options.registries_conf = context.options().registries_conf;
    options.registries_conf_folder = context.options().registries_conf_folder;
    options.short_name_aliases = context.options().short_name_aliases;
    if (flags.retry) {
        options.retry.most_retries = static_cast<unsigned>(std::max<std::int64_t>(*flags.retry, 0));
    }
    if (!flags.retry_delay.empty()) {
        const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(retry_delay(flags.retry_delay));
        options.retry.first_delay = std::max(delay, std::chrono::milliseconds(0));
        options.retry.longest_delay = std::max(options.retry.longest_delay, delay);
    }
    options.notice = notice ? std::move(notice) : print_notice;
    return options;
}

std::vector<Flag> packing_flags(PackingFlags& flags) {
    return {flag("compression-format", 0, "FORMAT", "compression of layers: gzip, zstd, zstd:chunked or none",
                 flags.compression),
            flag("compression-level", 0, "NUMBER", "compression level: gzip 1 to 9, zstd 1 to 19", flags.level),
            flag("disable-compression", 'D', "do not compress layers", flags.disable_compression),
            flag("force-compression", 0,
                 "recompress layers that have another compression (implied by --compression-format)",
                 flags.force_compression)};
}

std::vector<Flag> encryption_flags(EncryptionFlags& flags) {
    return {flag("encryption-key", 0, "jwe:FILE", "encrypt layers with this public key", flags.keys),
            flag("encrypt-layer", 0, "NUMBER", "layer to encrypt: 0 is the bottom, -1 the top (default: all)",
                 flags.layers)};
}

registry::LayerEncryption make_encryption(const EncryptionFlags& flags) {
    registry::LayerEncryption encryption;
    for (const std::string& text : flags.layers)
        for (const std::string_view one : runtime::split(text, ',')) {
            std::int64_t position = 0;
            const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), position);
            if (error != std::errc() || end != one.data() + one.size())
                throw runtime::Error(
                    "invalid argument \"{0}\" for \"--encrypt-layer\" flag: strconv.Atoi: parsing \"{0}\": invalid "
                    "syntax",
                    one);
            encryption.positions.push_back(position);
        }
    encryption.recipients = registry::parse_encryption_keys(flags.keys);
    return encryption;
}

Flag decryption_flag(std::vector<std::string>& keys) {
    return flag("decryption-key", 0, "FILE[:PASSWORD]", "private key to decrypt images with", keys);
}

layers::Compression parse_compression(const std::string& name) {
    if (name == "gzip") return layers::Compression::gzip;
    // What is chunked is zstd with a table at its end, which only makes pulls quicker.
    if (name == "zstd" || name == "zstd:chunked") return layers::Compression::zstd;
    if (name == "bzip2")
        throw runtime::Error("compression using bzip2 required, but none of the known manifest formats support it")
            .with_hint("there are gzip, zstd and zstd:chunked");
    throw runtime::Error("cannot find compressor for \"{}\"", name)
        .with_hint("there are gzip, zstd and zstd:chunked; --disable-compression packs nothing");
}

namespace {

void require_level(layers::Compression compression, std::int64_t level) {
    const std::int64_t most = compression == layers::Compression::zstd ? 22 : 9;
    if (level >= 0 && level <= most) return;
    throw runtime::Error("{}: invalid compression level: {}", layers::compression_name(compression), level)
        .with_hint(fmt::format("it is from 1 to {}, or 0 for the usual one", most));
}

}  // namespace

registry::ExportOptions make_packing(const PackingFlags& flags) {
    registry::ExportOptions result;
    if (flags.compression == "none")
        result.compression = layers::Compression::none;
    else if (flags.compression && !flags.compression->empty())
        result.compression = parse_compression(*flags.compression);
    if (flags.disable_compression == true) result.compression = layers::Compression::none;
    if (flags.level) {
        require_level(result.compression.value_or(layers::Compression::gzip), *flags.level);
        result.level = static_cast<int>(*flags.level);
    }
    result.force_compression = flags.force_compression.value_or(flags.compression.has_value()) ||
                               flags.disable_compression == true || flags.level.has_value();
    if (!result.compression && (flags.force_compression == true || flags.compression))
        throw runtime::Error("cannot use ForceCompressionFormat with undefined default compression format")
            .with_hint("say which with --compression-format: gzip or zstd");
    return result;
}

registry::ExportOptions make_packing_of_builds(const PackingFlags& flags) {
    registry::ExportOptions result = make_packing(flags);
    result.is_plain_in_files = flags.disable_compression.value_or(!result.compression.has_value());
    // What goes to a registry is packed all the same.
    if (flags.disable_compression == true) {
        result.compression.reset();
        result.force_compression = false;
    }
    return result;
}

}  // namespace builder
