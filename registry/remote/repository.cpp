#include "registry/remote/repository.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace registry {
namespace {

using layers::Digest;
using runtime::Error;
using runtime::quoted;
namespace media_type = layers::media_type;

constexpr unsigned most_authorizations = 2;
constexpr std::size_t tags_limit_bytes = 4U << 20;  // of one page
constexpr std::size_t most_tags = 500'000;
constexpr std::size_t all_tags_limit_bytes = 32U << 20;
constexpr unsigned most_tag_pages = 10'000;

HttpHeaders manifest_types() {
    return {{"Accept", fmt::format("{}, {}, {}, {}", media_type::oci_index, media_type::oci_manifest,
                                   media_type::docker_index, media_type::docker_manifest)}};
}

bool is_text_digest(const std::string& text) {
    return text.find(':') != std::string::npos;
}

/// A header that contradicts the content is a reason for mistrust; without it the content alone counts.
void check_digest_header(const HttpResponse& response, const Digest& actual) {
    const auto header = response.headers().find("Docker-Content-Digest");
    const auto said = header ? Digest::parse_if_valid(*header) : std::nullopt;
    if (said && said->algorithm() == actual.algorithm() && *said != actual)
        throw Error("the registry says that the manifest's digest is {}, but it is {}", said->text(), actual.text());
}

Digest digest_like(const Digest& wanted, std::string_view text) {
    layers::Hasher hasher(wanted.algorithm());
    hasher.write(text);
    return hasher.finish();
}

/// The address in `<…>; rel="next"`. RFC 8288.
std::string next_page(const HttpHeaders& headers) {
    for (const std::string& link : headers.find_all("Link")) {
        const std::size_t end = link.find('>');
        if (link.starts_with("<") && end != std::string::npos && link.find("next", end) != std::string::npos)
            return link.substr(1, end - 1);
    }
    return "";
}

}  // namespace

Repository::Repository(Registries& registries, const Endpoint& endpoint, Access access)
    : registries_(registries),
      endpoint_(endpoint),
      access_(access),
      name_(endpoint.name()),
      host_(registries.host(endpoint)),
      credentials_(registries.credentials(endpoint)) {}

Scopes Repository::scopes_of(const RepositoryRequest& request) const {
    Scopes scopes{fmt::format("repository:{}:{}", endpoint_.path, access_ == Access::push ? "pull,push" : "pull")};
    if (!request.other_repository.empty()) scopes.insert(fmt::format("repository:{}:pull", request.other_repository));
    return scopes;
}

std::string Repository::url_of(const RepositoryRequest& request) {
    if (request.path.starts_with("/")) return fmt::format("{}/v2/{}{}", host_.base_url(), endpoint_.path, request.path);
    require_encryption(request.path);
    return request.path;
}

/// One try, and another where the registry wants to know first who asks.
HttpResponse Repository::send_once(const RepositoryRequest& request) {
    const Scopes scopes = scopes_of(request);
    HttpRequest http{.method = request.method,
                     .url = url_of(request),
                     .headers = request.headers,
                     .body = request.body,
                     .tls = host_.tls(),
                     .may_leave_tls = false};
    // An upload may be sent to another host by its Location, which has no say in what this one is told.
    const bool is_home = Url::parse(http.url).origin() == Url::parse(host_.base_url()).origin();
    for (unsigned tries = 0;; ++tries) {
        if (is_home) http.private_headers = host_.authorizer().authorization(credentials_, scopes);
        HttpResponse response = registries_.client().send(http);
        registries_.note_warnings(response.headers(), host_.name());
        const bool can_answer = response.status() == 401 && is_home && tries < most_authorizations;
        if (!can_answer || !host_.authorizer().learn(response, credentials_, scopes, http.private_headers))
            return response;
    }
}

void Repository::require_encryption(const std::string& url) {
    if (!host_.base_url().starts_with("https:") || Url::parse(url).is_secure()) return;
    throw Error("{} leads to {}, which is not encrypted", name_, url_for_messages(url))
        .with_hint("the registry does not know its own address; whoever runs it should set it");
}

HttpResponse Repository::send(const RepositoryRequest& request) {
    Retry retry = registries_.new_retry();
    for (;;) {
        try {
            HttpResponse response = send_once(request);
            if (request.text_limit_bytes && response.is_success())
                response.keep_text(*request.text_limit_bytes, fmt::format("the answer of {}", name_));
            if (!request.retries || !may_succeed_later(response.status())) return response;
            const std::string reason = fmt::format("{} answered with status {}", host_.name(), response.status());
            if (!retry.wait(reason, retry_after(response.headers()))) return response;
        } catch (const ConnectionError& error) {
            if (!request.retries || !retry.wait_after(error)) throw;
        }
    }
}

HttpResponse Repository::expect(const RepositoryRequest& request, std::string_view act) {
    HttpResponse response = send(request);
    if (response.is_success()) return response;
    RegistryError error = make_registry_error(response);
    error.add_context("cannot {} {}", act, name_);
    if (error.is_unauthorized())
        error.with_hint(credentials_.empty()
                            ? "log in first: builder login " + endpoint_.host
                            : "the account may lack the right; builder login " + endpoint_.host + " changes it");
    throw error;
}

std::string Repository::location_of(const HttpResponse& response) {
    const auto location = response.headers().find("Location");
    if (!location) throw Error("{} did not say where to send the blob", name_);
    return follow(response, *location);
}

std::string Repository::follow(const HttpResponse& response, const std::string& reference) {
    const Url from = Url::parse(response.url());
    const Url to = from.resolve(reference);
    // Behind a proxy that ends the encryption, a registry may take itself for one without.
    const bool names_itself = from.is_secure() && !to.is_secure() && to.host() == from.host();
    const std::string url = (names_itself ? to.at_origin_of(from) : to).text();
    require_encryption(url);
    return url;
}

std::optional<RawManifest> Repository::find_manifest(const std::string& tag_or_digest) {
    RepositoryRequest request{.path = "/manifests/" + tag_or_digest,
                              .headers = manifest_types(),
                              .text_limit_bytes = layers::oci::manifest_limit_bytes};
    HttpResponse response = send(request);
    if (response.status() == 404) return std::nullopt;
    if (!response.is_success()) {
        RegistryError error = make_registry_error(response);
        error.add_context("cannot get the manifest {} of {}", tag_or_digest, name_);
        if (error.is_unauthorized())
            error.with_hint("the repository does not exist, or builder login " + endpoint_.host + " opens it");
        throw error;
    }
    try {
        RawManifest manifest{response.read_text(layers::oci::manifest_limit_bytes, "the manifest"), {}};
        const std::string type = response.content_type();
        if (is_text_digest(tag_or_digest)) {
            const Digest wanted = Digest::parse(tag_or_digest);
            const Digest actual = digest_like(wanted, manifest.text);
            if (actual != wanted)
                throw Error("the registry sent another manifest, with the digest {}", actual.text())
                    .with_hint("the registry or somebody on the way is at fault; do not use this image");
        }
        check_digest_header(response, manifest.digest());
        manifest.media_type = layers::oci::document_type(manifest.text, type);
        return manifest;
    } catch (Error& error) {
        error.add_context("cannot use the manifest {} of {}", tag_or_digest, name_);
        throw;
    }
}

bool Repository::put_manifest(const RawManifest& manifest, const std::string& tag_or_digest) {
    const HttpResponse response = expect({.method = "PUT",
                                          .path = "/manifests/" + tag_or_digest,
                                          .headers = {{"Content-Type", manifest.media_type}},
                                          .body = HttpBody::of(manifest.text)},
                                         "put the manifest into");
    check_digest_header(response, manifest.digest());
    return response.headers().has("OCI-Subject");
}

bool Repository::has_blob(const Digest& digest) {
    HttpResponse response = send({.method = "HEAD", .path = "/blobs/" + digest.text()});
    if (response.is_success()) return true;
    if (response.status() == 404) return false;
    RegistryError error = make_registry_error(response);
    error.add_context("cannot ask {} for the blob {}", name_, digest.text());
    if (error.is_unauthorized()) error.with_hint("log in first: builder login " + endpoint_.host);
    throw error;
}

bool Repository::mount_blob(const Digest& digest, const std::string& from, std::string& upload) {
    const HttpResponse response = send(
        {.method = "POST",
         .path = fmt::format("/blobs/uploads/?mount={}&from={}", percent_encoded(digest.text()), percent_encoded(from)),
         .body = HttpBody::of(""),
         .other_repository = from});
    if (response.status() == 201) return true;
    if (response.status() == 202) upload = location_of(response);
    return false;
}

std::vector<std::string> Repository::list_tags() {
    std::vector<std::string> tags;
    std::string page = "/tags/list";
    std::size_t total_bytes = 0;
    for (unsigned pages = 0; !page.empty(); ++pages) {
        if (pages == most_tag_pages || tags.size() > most_tags || total_bytes > all_tags_limit_bytes)
            throw Error("the list of tags of {} does not end: it has {} so far, on {} pages", name_, tags.size(),
                        pages);
        HttpResponse response = expect({.path = page, .text_limit_bytes = tags_limit_bytes}, "list the tags of");
        const std::string what = "the list of tags of " + name_;
        const auto value = runtime::parse_json(response.read_text(tags_limit_bytes, what), what);
        for (std::string& tag : runtime::JsonFields(value, what).texts_or_empty("tags")) {
            total_bytes += tag.size();
            tags.push_back(std::move(tag));
        }
        const std::string next = next_page(response.headers());
        page = next.empty() ? "" : follow(response, next);
    }
    return tags;
}

}  // namespace registry
