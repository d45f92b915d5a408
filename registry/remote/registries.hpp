// What all requests of one command share: settings, connections, tokens, and what was learned about hosts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "registry/http/http_client.hpp"
#include "registry/remote/authorizer.hpp"
#include "registry/settings/access_options.hpp"
#include "registry/settings/auth_file.hpp"
#include "registry/settings/builder_toml.hpp"
#include "registry/settings/registries_conf.hpp"
#include "registry/settings/trust_policy.hpp"

namespace registry {

/// One host as it is reached.
class RegistryHost {
public:
    /// `auth_endpoint` is asked when the registry names a token server outside of its domain.
    RegistryHost(HttpClient& client, std::string name, bool is_insecure, TlsSettings tls,
                 std::function<std::string()> auth_endpoint);

    const std::string& name() const noexcept { return name_; }
    const TlsSettings& tls() const noexcept { return tls_; }
    Authorizer& authorizer() noexcept { return authorizer_; }
    /// "https://HOST", or with plain HTTP where the host is insecure and does not speak TLS, which is found out once.
    std::string base_url();

private:
    HttpClient& client_;
    std::string name_;
    bool is_insecure_;
    TlsSettings tls_;
    Authorizer authorizer_;
    std::mutex mutex_;
    std::string base_url_;
};

/// Thread-safe. Nothing is read and nobody is talked to before it is needed.
class Registries {
public:
    /// The stop source outlives it.
    Registries(AccessOptions options, const runtime::StopSource& stop);

    const AccessOptions& options() const noexcept { return options_; }
    const RegistriesConf& conf();
    const TrustPolicy& policy();
    HttpClient& client() noexcept { return client_; }
    const runtime::StopSource& stop() const noexcept { return stop_; }

    RegistryHost& host(const Endpoint& endpoint);
    /// Those of the options where the place is of the one registry that they are for, else of files and helpers; empty
    /// where there are none. Throws Error where those of the options could be for several registries.
    Credentials credentials(const Endpoint& endpoint);
    /// The registry of a name ("NAME", "docker://NAME"); empty where it names something else.
    std::string registry_of(const std::string& place);
    Retry new_retry() const { return Retry(options_.retry, stop_, options_.notice); }
    /// Passes warnings of an answer on, each once.
    void note_warnings(const HttpHeaders& headers, const std::string& host);
    void notice(std::string_view text) const {
        if (options_.notice) options_.notice(text);
    }

private:
    bool is_named(const std::string& registry, std::string_view flag);
    TlsSettings tls_for(const Endpoint& endpoint, bool is_insecure);
    std::string auth_endpoint(const std::string& host);

    AccessOptions options_;
    const runtime::StopSource& stop_;
    HttpClient client_;
    std::mutex mutex_;
    std::optional<RegistriesConf> conf_;
    std::optional<TrustPolicy> policy_;
    std::optional<BuilderSettings> settings_;
    /// By name, insecurity and the registry that they stand for.
    std::map<std::tuple<std::string, bool, std::string>, std::unique_ptr<RegistryHost>> hosts_;
    std::map<std::string, Credentials> credentials_;
    std::set<std::string> warnings_;
};

}  // namespace registry
