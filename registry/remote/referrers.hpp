// Manifests that refer to others by their `subject`. OCI distribution-spec, "Listing Referrers" and "Referrers Tag
// Schema".
#pragma once

#include "layers/oci/index.hpp"
#include "registry/remote/repository.hpp"

namespace registry {

/// The manifests that refer to one, out of the referrers API, else out of the tag that stands for it.
layers::oci::Index list_referrers(Repository& repository, const layers::Digest& subject,
                                  const std::string& artifact_type = {});

/// Makes a manifest with a subject that was just put known as its referrer, where the registry does not do so itself.
/// `was_noted`: whether the answer to the manifest had OCI-Subject.
void add_referrer(Repository& repository, const RawManifest& manifest, bool was_noted);

}  // namespace registry
