// What all requests of one command share: settings, connections, tokens, and what was learned about hosts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "registry/http/http_client.hpp"
#include "registry/remote/authorizer.hpp"
#include "registry/settings/access_options.hpp"
#include "registry/settings/auth_file.hpp"
#include "registry/settings/registries_conf.hpp"
#include "registry/settings/trust_policy.hpp"

namespace registry {

/// One host as it is reached.
class RegistryHost {
public:
    RegistryHost(HttpClient& client, std::string name, bool is_insecure, TlsSettings tls);

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

    RegistryHost& host(const std::string& name, bool is_insecure);
    /// Those of the options, else of files and helpers; empty where there are none.
    Credentials credentials(const std::string& repository);
    Retry new_retry() const { return Retry(options_.retry, stop_, options_.notice); }
    /// Passes warnings of an answer on, each once.
    void note_warnings(const HttpHeaders& headers, const std::string& host);
    void notice(std::string_view text) const {
        if (options_.notice) options_.notice(text);
    }

private:
    AccessOptions options_;
    const runtime::StopSource& stop_;
    HttpClient client_;
    std::mutex mutex_;
    std::optional<RegistriesConf> conf_;
    std::optional<TrustPolicy> policy_;
    std::map<std::pair<std::string, bool>, std::unique_ptr<RegistryHost>> hosts_;  ///< by name and insecurity
    std::map<std::string, Credentials> credentials_;
    std::set<std::string> warnings_;
};

}  // namespace registry
