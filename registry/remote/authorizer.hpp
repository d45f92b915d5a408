// Answers to challenges of one registry: Basic, and Bearer with tokens of a token server. Distribution token
// specification (docs/spec/auth/token.md, oauth.md of the distribution project).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "registry/http/http_client.hpp"
#include "registry/http/url.hpp"
#include "registry/remote/challenge.hpp"
#include "registry/settings/credentials.hpp"

namespace registry {

/// Scopes of a request, sorted: "repository:NAME:pull,push".
using Scopes = std::set<std::string>;

class Authorizer {
public:
    struct Settings {
        std::string host;                ///< as images and settings name it
        TlsSettings tls;                 ///< for the token server
        bool allows_plain_http = false;  ///< credentials may go over unencrypted connections
        /// Where the user lets the registry's token server be; empty: within the registry's own domain.
        std::function<std::string()> auth_endpoint = nullptr;
    };
    Authorizer(HttpClient& client, Settings settings) : client_(client), settings_(std::move(settings)) {}

    /// Authorization for the origin that has challenged, as far as it is known that one is needed; else empty.
    /// Thread-safe.
    PrivateHeaders authorization(const Credentials& credentials, const Scopes& scopes);
    /// Learns from a 401 of the registry itself. Returns whether another try can help: the answer is another one than
    /// `used`, which was refused. Throws Error where the token server refuses, or the challenge cannot be answered
    /// safely.
    bool learn(const HttpResponse& refusal, const Credentials& credentials, const Scopes& scopes,
               const PrivateHeaders& used);

private:
    struct Token {
        std::string value;
        std::chrono::steady_clock::time_point ends;
    };
    /// Who challenged, and how.
    struct Demand {
        Url asker;
        Challenge challenge;
    };
    std::string basic(const Credentials& credentials) const;
    std::string value(const Credentials& credentials, const Scopes& scopes);
    Token fetch_token(const Credentials& credentials, const Scopes& scopes);
    HttpRequest token_request(const Credentials& credentials, const Scopes& scopes, std::string& form) const;
    void refuse_plain(const std::string& url) const;
    void require_trusted_realm(const Url& realm) const;

    HttpClient& client_;
    const Settings settings_;
    std::mutex mutex_;
    std::optional<Demand> demand_;
    std::map<std::string, Token> tokens_;  ///< by user and scopes
};

}  // namespace registry
