// One repository of one registry: the requests of the OCI distribution-spec 1.1 with authorization and retries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/remote/registries.hpp"
#include "registry/remote/registry_error.hpp"
#include "registry/transport/transport.hpp"

namespace registry {

enum class Access { pull, push };

struct RepositoryRequest {
    std::string method = "GET";
    std::string path = {};  ///< below /v2/NAME: "/manifests/latest"; or a whole URL on the same registry
    HttpHeaders headers = {};
    std::optional<HttpBody> body = std::nullopt;
    /// Another repository of the registry that must be readable, for mounts.
    std::string other_repository = {};
    bool retries = true;  ///< whether to try again by itself after what may pass
    /// Of a document; nothing: the body is read as it comes, and whoever reads it begins anew where it breaks off.
    std::optional<std::size_t> text_limit_bytes = std::nullopt;
};

/// Thread-safe.
class Repository {
public:
    Repository(Registries& registries, const Endpoint& endpoint, Access access);

    /// "HOST/PATH", for messages.
    const std::string& name() const noexcept { return name_; }
    const Endpoint& endpoint() const noexcept { return endpoint_; }
    Registries& registries() noexcept { return registries_; }

    /// The answer, of whatever status but 401 with a challenge that can be met. Throws Error.
    HttpResponse send(const RepositoryRequest& request);
    /// The same; throws RegistryError for other than 2xx.
    HttpResponse expect(const RepositoryRequest& request, std::string_view act);
    /// Where an answer's Location leads. Throws Error where it has none, or leads from https to http on another host.
    std::string location_of(const HttpResponse& response);

    /// A manifest or index by tag or digest, verified against the digest. Nothing where there is none.
    std::optional<RawManifest> find_manifest(const std::string& tag_or_digest);
    /// Gives whether the registry has noted the manifest as a referrer of its subject (OCI-Subject).
    bool put_manifest(const RawManifest& manifest, const std::string& tag_or_digest);
    bool has_blob(const layers::Digest& digest);
    /// Whether the registry has taken over a blob of another repository of its own. Where not, `upload` becomes the
    /// location of an upload that the registry has begun instead, or stays empty.
    bool mount_blob(const layers::Digest& digest, const std::string& from, std::string& upload);
    /// All tags, over all pages.
    std::vector<std::string> list_tags();

private:
    std::string url_of(const RepositoryRequest& request);
    HttpResponse send_once(const RepositoryRequest& request);
    /// The address that an answer names.
    std::string follow(const HttpResponse& response, const std::string& reference);
    void require_encryption(const std::string& url);
    Scopes scopes_of(const RepositoryRequest& request) const;

    Registries& registries_;
    Endpoint endpoint_;
    Access access_;
    std::string name_;
    RegistryHost& host_;
    Credentials credentials_;
};

}  // namespace registry
