#include "registry/remote/registries.hpp"

#include "registry/http/url.hpp"
#include "registry/settings/certificates.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace registry {
namespace {

using runtime::Error;

/// Docker's own registry answers under another name than the one that images have.
std::string host_to_ask(const std::string& name) {
    return name == "docker.io" ? "registry-1.docker.io" : name;
}

Credentials parse_credentials(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string::npos)
        throw Error("credentials are USER:PASSWORD").with_hint("builder login asks for the password and keeps it");
    return {text.substr(0, colon), text.substr(colon + 1), {}};
}

/// The text of a warning that is meant to be shown: 299 - "text" (distribution-spec, "Warnings").
std::string warning_text(const std::string& field) {
    constexpr std::string_view start = "299 - \"";
    if (!field.starts_with(start)) return "";
    std::string text;
    for (std::size_t i = start.size(); i < field.size() && field[i] != '"'; ++i) {
        if (field[i] == '\\' && i + 1 < field.size()) ++i;
        text += field[i];
    }
    return text;
}

}  // namespace

RegistryHost::RegistryHost(HttpClient& client, std::string name, bool is_insecure, TlsSettings tls,
                           std::function<std::string()> auth_endpoint)
    : client_(client),
      name_(std::move(name)),
      is_insecure_(is_insecure),
      tls_(std::move(tls)),
      authorizer_(
          client,
          {.host = name_, .tls = tls_, .allows_plain_http = is_insecure, .auth_endpoint = std::move(auth_endpoint)}) {}

std::string RegistryHost::base_url() {
    const std::lock_guard lock(mutex_);
    if (!base_url_.empty()) return base_url_;
    const std::string secure = "https://" + host_to_ask(name_);
    if (!is_insecure_) return base_url_ = secure;
    try {
        static_cast<void>(client_.send({.url = secure + "/v2/", .tls = tls_, .may_leave_tls = false}));
        return base_url_ = secure;
    } catch (const ConnectionError&) {
        // Only somebody who was allowed to comes here without encryption.
        return base_url_ = "http://" + host_to_ask(name_);
    }
}

Registries::Registries(AccessOptions options, const runtime::StopSource& stop)
    : options_(std::move(options)), stop_(stop), client_(stop) {}

const RegistriesConf& Registries::conf() {
    const std::lock_guard lock(mutex_);
    if (!conf_) conf_ = RegistriesConf::read(options_);
    return *conf_;
}

const TrustPolicy& Registries::policy() {
    const std::lock_guard lock(mutex_);
    if (!policy_) policy_ = TrustPolicy::read(options_);
    return *policy_;
}

/// The certificate that a flag gives is a secret like the password: for the registry that was named.
TlsSettings Registries::tls_for(const Endpoint& endpoint, bool is_insecure) {
    const Url own = Url::parse("https://" + host_to_ask(endpoint.host));
    TlsSettings tls{.unverified_host = is_insecure ? own.host() : "", .certificate_origin = own.origin()};
    if (options_.certificate_folder.empty()) {
        add_usual_certificates(tls, endpoint.host);
        return tls;
    }
    add_certificates(tls, options_.certificate_folder);
    if (!tls.certificate_file.empty() && !is_named(endpoint.registry, "the client certificate of --cert-dir"))
        tls.certificate_file = tls.key_file = "";
    return tls;
}

RegistryHost& Registries::host(const Endpoint& endpoint) {
    const bool is_insecure = options_.tls_verify ? !*options_.tls_verify : endpoint.is_insecure;
    TlsSettings tls = tls_for(endpoint, is_insecure);
    const std::lock_guard lock(mutex_);
    auto& known = hosts_[{endpoint.host, is_insecure, endpoint.registry}];
    if (known) return *known;
    known = std::make_unique<RegistryHost>(client_, endpoint.host, is_insecure, std::move(tls),
                                           [this, host = endpoint.host] { return auth_endpoint(host); });
    return *known;
}

std::string Registries::auth_endpoint(const std::string& host) {
    const std::lock_guard lock(mutex_);
    if (!settings_) settings_ = BuilderSettings::read();
    const auto found = settings_->auth_endpoints.find(host);
    return found == settings_->auth_endpoints.end() ? "" : found->second;
}

std::string Registries::registry_of(const std::string& place) {
    if (place.empty()) return "";
    const auto location = parse_image_location(place);
    if (location && location->transport != Transport::registry) return "";
    const std::string name = location ? location->name : place;
    if (is_image_id(name) || name.starts_with("sha256:")) return "";
    if (location || !Reference::parse_plain(name).domain().empty()) return Reference::parse(name).domain();
    return conf().expand_short_name(name).front().domain();
}

/// Whether what a flag gives is for this registry: the one that the command line, or all of a build's plan, names.
bool Registries::is_named(const std::string& registry, std::string_view flag) {
    if (registry.empty()) return false;
    std::set<std::string> named;
    for (const std::string& place : options_.credentials_for)
        if (std::string one = registry_of(place); !one.empty()) named.insert(std::move(one));
    if (named.size() > 1)
        throw Error("{} is for one registry, and this command has to do with {}", flag, fmt::join(named, ", "))
            .with_hint(
                "builder login keeps a password for each, and --authfile names a file with them; certificates "
                "have a folder for each in certs.d");
    return named.contains(registry);
}

Credentials Registries::credentials(const Endpoint& endpoint) {
    if (!options_.credentials.empty() && is_named(endpoint.registry, "--creds"))
        return parse_credentials(options_.credentials);
    const std::string repository = endpoint.name();
    const std::vector<std::string>& helpers = conf().credential_helpers();
    const std::lock_guard lock(mutex_);
    const auto known = credentials_.find(repository);
    if (known != credentials_.end()) return known->second;
    const auto found = AuthFiles(options_.auth_file, options_.notice, helpers).find(repository);
    runtime::log_debug("the credentials for {}: {}", repository,
                       !found                ? "none"
                       : found->user.empty() ? "a token"
                                             : "those of " + found->user);
    return credentials_.emplace(repository, found.value_or(Credentials{})).first->second;
}

void Registries::note_warnings(const HttpHeaders& headers, const std::string& host) {
    for (const std::string& field : headers.find_all("Warning")) {
        const std::string text = warning_text(field);
        if (text.empty()) continue;
        {
            const std::lock_guard lock(mutex_);
            if (!warnings_.insert(host + " " + text).second) continue;
        }
        notice(fmt::format("{} warns: {}", host, runtime::quoted(text)));
    }
}

}  // namespace registry
