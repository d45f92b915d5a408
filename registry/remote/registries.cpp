#include "registry/remote/registries.hpp"

#include "registry/settings/certificates.hpp"
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

RegistryHost::RegistryHost(HttpClient& client, std::string name, bool is_insecure, TlsSettings tls)
    : client_(client),
      name_(std::move(name)),
      is_insecure_(is_insecure),
      tls_(std::move(tls)),
      authorizer_(client, {.host = name_, .tls = tls_, .allows_plain_http = is_insecure}) {}

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

RegistryHost& Registries::host(const std::string& name, bool is_insecure) {
    const bool insecure = options_.tls_verify ? !*options_.tls_verify : is_insecure;
    const std::lock_guard lock(mutex_);
    auto& known = hosts_[{name, insecure}];
    if (known) return *known;
    TlsSettings tls{.verify = !insecure};
    if (!options_.certificate_folder.empty())
        add_certificates(tls, options_.certificate_folder);
    else
        add_usual_certificates(tls, name);
    known = std::make_unique<RegistryHost>(client_, name, insecure, std::move(tls));
    return *known;
}

Credentials Registries::credentials(const std::string& repository) {
    if (!options_.credentials.empty()) return parse_credentials(options_.credentials);
    const std::lock_guard lock(mutex_);
    const auto known = credentials_.find(repository);
    if (known != credentials_.end()) return known->second;
    const auto found = AuthFiles(options_.auth_file, options_.notice).find(repository);
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
