// The tags of a repository in a registry.
#pragma once

#include <string>
#include <vector>

#include "registry/reference.hpp"
#include "registry/remote/registries.hpp"

namespace builder {

/// What a text names in registries: "NAME" or "docker://NAME". A name without a domain is the first that
/// registries.conf makes of it. Throws Error for another transport.
registry::Reference name_in_registries(const std::string& text, registry::Registries& registries);

/// The repository that a text names. Throws Error for one with a tag or a digest.
registry::Reference repository_of(const std::string& text, registry::Registries& registries);

/// All tags, sorted. Throws Error where there is no such repository.
std::vector<std::string> tags_of(const registry::Reference& repository, registry::Registries& registries);

/// Takes the tag away; what it named stays as long as the registry keeps it. Throws Error where there is no such tag,
/// or where the registry can take away whole manifests only, with all of their tags.
void remove_tag(const registry::Reference& name, registry::Registries& registries);

}  // namespace builder
