#include "registry/remote/authorizer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "registry/http/registrable_domain.hpp"
#include "registry/http/retry.hpp"
#include "registry/http/url.hpp"
#include "registry/remote/registry_error.hpp"
#include "runtime/base/base64.hpp"
#include "runtime/base/json.hpp"

namespace registry {
namespace {

using runtime::Error;
using runtime::quoted;

constexpr std::size_t token_limit_bytes = 1U << 20;
/// The specification's default and least life of a token.
constexpr std::int64_t usual_life_seconds = 60;

std::string cache_key(const Credentials& credentials, const Scopes& scopes) {
    return fmt::format("{}\n{}", credentials.user, fmt::join(scopes, " "));
}

}  // namespace

/// Credentials that everybody on the way could read are not sent.
void Authorizer::refuse_plain(const std::string& url) const {
    if (settings_.allows_plain_http || url.starts_with("https://")) return;
    throw Error("{} asks for a password over an unencrypted connection ({})", settings_.host, url_for_messages(url))
        .with_hint("declare the registry insecure (--tls-verify=false, or in registries.conf) if that is meant");
}

/// The registry says where to send the password that was given for it: it must not be just anywhere.
void Authorizer::require_trusted_realm(const Url& realm) const {
    refuse_plain(realm.text());
    const Url& asker = demand_->asker;
    if (realm.origin() == asker.origin() || share_registrable_domain(realm.host(), asker.host())) return;
    const std::string named = settings_.auth_endpoint ? settings_.auth_endpoint() : "";
    if (!named.empty() && Url::parse(named).origin() == realm.origin()) return;
    throw Error("{} wants its password sent to {}, which is not within its domain", settings_.host,
                url_for_messages(realm.text()))
        .with_hint(
            fmt::format("if that is its token server, write into builder.toml: [registry.\"{}\"] auth-endpoint = "
                        "\"{}\"",
                        settings_.host, realm.origin()));
}

std::string Authorizer::basic(const Credentials& credentials) const {
    return "Basic " + runtime::encode_base64(credentials.user + ":" + credentials.password);
}

HttpRequest Authorizer::token_request(const Credentials& credentials, const Scopes& scopes, std::string& form) const {
    const std::string realm = demand_->challenge.parameter("realm");
    if (realm.empty()) throw Error("{} asks for a token, but does not say where to get one", settings_.host);
    Url url = Url::parse(realm);
    if (!credentials.empty()) require_trusted_realm(url);
    HttpRequest request{.tls = settings_.tls, .may_leave_tls = false};
    const std::string service = demand_->challenge.parameter("service");
    if (!credentials.identity_token.empty()) {
        form = fmt::format("grant_type=refresh_token&client_id=builder&service={}&scope={}&refresh_token={}",
                           percent_encoded(service), percent_encoded(fmt::format("{}", fmt::join(scopes, " "))),
                           percent_encoded(credentials.identity_token));
        request.method = "POST";
        request.url = url.text();
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        request.body = HttpBody::of(form);
        request.follows_redirects = false;  // the form holds the secret
        return request;
    }
    if (!service.empty()) url = url.with_query("service", service);
    for (const std::string& scope : scopes) url = url.with_query("scope", scope);
    if (!credentials.user.empty()) {
        url = url.with_query("account", credentials.user);
        request.private_headers = {url.origin(), {{"Authorization", basic(credentials)}}};
    }
    request.url = url.text();
    return request;
}

Authorizer::Token Authorizer::fetch_token(const Credentials& credentials, const Scopes& scopes) {
    std::string form;
    const HttpRequest request = token_request(credentials, scopes, form);
    HttpResponse response = client_.send(request);
    if (may_succeed_later(response.status())) {
        ConnectionError error("the token server {} of {} answered with status {}", url_for_messages(request.url),
                              settings_.host, response.status());
        error.is_answered = true;
        error.asked_delay = retry_after(response.headers());
        throw error;
    }
    if (!response.is_success()) {
        RegistryError error = make_registry_error(response);
        error.add_context("the token server {} of {} refuses", url_for_messages(request.url), settings_.host);
        error.with_hint(credentials.empty() ? "log in first: builder login " + settings_.host
                                            : "check user name and password: builder login " + settings_.host);
        throw error;
    }
    const std::string what = fmt::format("the token of {} for {}", url_for_messages(request.url), settings_.host);
    const auto value = runtime::parse_json(response.read_text(token_limit_bytes, what), what);
    const runtime::JsonFields fields(value, what);
    std::string text = fields.text_or_empty("token");
    if (text.empty()) text = fields.text_or_empty("access_token");
    if (text.empty()) throw Error("the token server {} sent no token", url_for_messages(request.url));
    const std::int64_t life = std::max(fields.integer_if_any("expires_in").value_or(0), usual_life_seconds);
    // A token is given up early, so that it does not end on its way.
    return {std::move(text), std::chrono::steady_clock::now() + std::chrono::seconds(life - life / 10)};
}

PrivateHeaders Authorizer::authorization(const Credentials& credentials, const Scopes& scopes) {
    const std::lock_guard lock(mutex_);
    if (!demand_) return {};
    const std::string text = value(credentials, scopes);
    if (text.empty()) return {};
    return {demand_->asker.origin(), {{"Authorization", text}}};
}

/// Of the field; empty where there is nothing to say.
std::string Authorizer::value(const Credentials& credentials, const Scopes& scopes) {
    if (demand_->challenge.scheme == "basic") {
        if (credentials.empty()) return "";
        refuse_plain(demand_->asker.text());
        return basic(credentials);
    }
    const std::string key = cache_key(credentials, scopes);
    auto token = tokens_.find(key);
    if (token == tokens_.end() || token->second.ends < std::chrono::steady_clock::now())
        token = tokens_.insert_or_assign(key, fetch_token(credentials, scopes)).first;
    return "Bearer " + token->second.value;
}

bool Authorizer::learn(const HttpResponse& refusal, const Credentials& credentials, const Scopes& scopes,
                       const PrivateHeaders& used) {
    std::optional<Challenge> best;
    for (const std::string& field : refusal.headers().find_all("WWW-Authenticate"))
        for (Challenge& challenge : parse_challenges(field))
            if (challenge.scheme == "bearer" || (challenge.scheme == "basic" && !best)) best = std::move(challenge);
    if (!best) return false;
    const std::string refused = used.headers.find("Authorization").value_or("");
    {
        const std::lock_guard lock(mutex_);
        demand_ = Demand{Url::parse(refusal.url()), *std::move(best)};
        const auto token = tokens_.find(cache_key(credentials, scopes));
        // Refused before its time: another thread may have fetched a newer one meanwhile, which is tried first.
        if (token != tokens_.end() && refused == "Bearer " + token->second.value) tokens_.erase(token);
    }
    const auto next = authorization(credentials, scopes).headers.find("Authorization");
    return next && next != refused;
}

}  // namespace registry
