#include "registry/remote/referrers.hpp"

#include <algorithm>

#include "layers/oci/manifest.hpp"
#include "registry/http/url.hpp"
#include "runtime/base/error.hpp"

namespace registry {
namespace {

using layers::Digest;
using layers::oci::Descriptor;
using layers::oci::Index;

/// "sha256-<64 hex>": the algorithm and the first 64 characters of the digest.
std::string referrers_tag(const Digest& subject) {
    return fmt::format("{}-{}", subject.algorithm_name(), subject.hex().substr(0, 64));
}

struct Referrer {
    std::optional<Descriptor> subject;
    Descriptor descriptor;
};

Referrer describe(const RawManifest& manifest) {
    Referrer referrer{std::nullopt, manifest.descriptor()};
    if (manifest.is_index()) {
        const Index index = layers::oci::parse_index(manifest.text, manifest.media_type);
        referrer.subject = index.subject;
        referrer.descriptor.artifact_type = index.artifact_type;
        referrer.descriptor.annotations = index.annotations;
    } else {
        const auto image = layers::oci::parse_manifest(manifest.text, manifest.media_type);
        referrer.subject = image.subject;
        referrer.descriptor.artifact_type = image.artifact_type.empty() ? image.config.media_type : image.artifact_type;
        referrer.descriptor.annotations = image.annotations;
    }
    return referrer;
}

Index read_tag(Repository& repository, const Digest& subject) {
    const auto found = repository.find_manifest(referrers_tag(subject));
    return found ? layers::oci::parse_index(found->text, found->media_type) : Index{};
}

Index read_list(HttpResponse& response, const Repository& repository, const Digest& subject) {
    try {
        return layers::oci::parse_index(response.read_text(layers::oci::manifest_limit_bytes, "the list of referrers"));
    } catch (runtime::Error& error) {
        error.add_context("cannot use the list of referrers of {}@{}", repository.name(), subject.text());
        throw;
    }
}

}  // namespace

Index list_referrers(Repository& repository, const Digest& subject, const std::string& artifact_type) {
    std::string path = "/referrers/" + subject.text();
    if (!artifact_type.empty()) path += "?artifactType=" + percent_encoded(artifact_type);
    HttpResponse response = repository.send({.path = path,
                                             .headers = {{"Accept", std::string(layers::media_type::oci_index)}},
                                             .text_limit_bytes = layers::oci::manifest_limit_bytes});
    Index index;
    if (response.status() == 404)
        index = read_tag(repository, subject);
    else if (!response.is_success())
        throw make_registry_error(response).add_context("cannot list the referrers of {}@{}", repository.name(),
                                                        subject.text());
    else
        index = read_list(response, repository, subject);
    if (!artifact_type.empty())
        std::erase_if(index.manifests, [&](const Descriptor& d) { return d.artifact_type != artifact_type; });
    return index;
}

void add_referrer(Repository& repository, const RawManifest& manifest, bool was_noted) {
    if (was_noted) return;
    const Referrer referrer = describe(manifest);
    if (!referrer.subject) return;
    const Digest subject = referrer.subject->digest();
    Index index = read_tag(repository, subject);
    for (const Descriptor& known : index.manifests)
        if (known.digest_text == referrer.descriptor.digest_text) return;
    index.manifests.push_back(referrer.descriptor);
    repository.put_manifest({layers::oci::write_index(index), std::string(layers::media_type::oci_index)},
                            referrers_tag(subject));
}

}  // namespace registry
