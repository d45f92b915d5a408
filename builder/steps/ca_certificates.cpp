#include "builder/steps/ca_certificates.hpp"

#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

constexpr std::size_t limit_bytes = 4U << 20;
constexpr const char* own_place = "/run/builder/ca-certificates.crt";

/// Debian and Alpine, SUSE, Red Hat, OpenSSL's default.
constexpr std::array bundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/ca-bundle.pem",
                                "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                "/etc/ssl/cert.pem"};
constexpr std::array variables = {"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
                                  "GIT_SSL_CAINFO"};

runtime::MountSpec file_mount(const std::string& target, std::string content) {
    runtime::MountSpec spec;
    spec.kind = runtime::MountSpec::Kind::content;
    spec.target = target;
    spec.read_only = true;
    spec.is_folder = false;
    spec.mode = 0444;
    spec.content = std::move(content);
    return spec;
}

}  // namespace

std::string read_ca_certificates(const std::string& file) {
    constexpr std::string_view begin_mark = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end_mark = "-----END CERTIFICATE-----";
    const std::string text = runtime::read_file(file, limit_bytes);
    // Nothing else of the file: it may hold a key, too.
    std::string certificates;
    for (std::size_t begin = text.find(begin_mark); begin != std::string::npos;) {
        const std::size_t end = text.find(end_mark, begin);
        if (end == std::string::npos) break;
        certificates += text.substr(begin, end + end_mark.size() - begin) + "\n";
        begin = text.find(begin_mark, end);
    }
    if (certificates.empty())
        throw runtime::Error("--ca-certificates: {} holds no certificate in PEM", runtime::quoted(file));
    return certificates;
}

namespace {

/// The image's own bundle; nothing where it cannot be read, or is no bundle.
std::optional<std::string> own_bundle(const overlay::LayeredView& view, const std::string& path) {
    try {
        return view.read_text(path, limit_bytes);
    } catch (const runtime::Error&) {
        return std::nullopt;
    }
}

}  // namespace

void add_ca_certificates(const std::string& certificates, const StageState& state, RunRequest& request) {
    const overlay::LayeredView& view = state.view();
    std::string all = certificates;
    std::set<std::string> mounted;
    for (const char* bundle : bundles) {
        const overlay::ResolvedPath place = view.resolve(bundle);
        if (!place.entry || !mounted.insert(place.path).second) continue;
        const auto own = own_bundle(view, place.path);
        if (!own) continue;
        const std::string both = *own + (own->empty() || own->ends_with('\n') ? "" : "\n") + certificates;
        if (all.size() == certificates.size()) all = both;
        request.mounts.push_back(file_mount("/" + place.path, both));
    }
    request.mounts.push_back(file_mount(own_place, std::move(all)));
    for (const char* name : variables)
        if (!state.variables.contains(name)) request.environment.push_back(std::string(name) + "=" + own_place);
}

}  // namespace builder
