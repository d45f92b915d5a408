#include "builder/images/repository_tags.hpp"

#include <algorithm>

#include "registry/remote/repository.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace builder {

using registry::Reference;
using runtime::Error;
using runtime::quoted;

namespace {

/// Without the transport.
std::string plain_name(const std::string& text) {
    const auto location = registry::parse_image_location(text);
    if (location && location->transport != registry::Transport::registry)
        throw Error("{} is in no registry", quoted(text)).with_hint("write it as NAME or docker://NAME");
    return location ? location->name : text;
}

}  // namespace

Reference name_in_registries(const std::string& text, registry::Registries& registries) {
    const std::string name = plain_name(text);
    const bool is_short = Reference::parse_plain(name).domain().empty();
    return is_short ? registries.conf().expand_short_name(name).front() : Reference::parse(name);
}

Reference repository_of(const std::string& text, registry::Registries& registries) {
    const Reference plain = Reference::parse_plain(plain_name(text));
    if (plain.tag() || plain.digest())
        throw Error("{} is one image: its repository is wanted", quoted(text))
            .with_hint("leave the tag or the digest out");
    return name_in_registries(text, registries).without_version();
}

std::vector<std::string> tags_of(const Reference& repository, registry::Registries& registries) {
    registry::Repository remote(registries, registries.conf().pull_endpoints(repository).back(),
                                registry::Access::pull);
    std::vector<std::string> tags = remote.list_tags();
    std::sort(tags.begin(), tags.end());
    return tags;
}

void remove_tag(const Reference& name, registry::Registries& registries) {
    if (name.digest() || !name.tag())
        throw Error("{} names no tag", quoted(name.text())).with_hint("write it as docker://NAME:TAG");
    registry::Repository remote(registries, registries.conf().push_endpoint(name), registry::Access::push);
    registry::HttpResponse response = remote.send({.method = "DELETE", .path = "/manifests/" + *name.tag()});
    const long status = response.status();
    if (status >= 200 && status < 300) return;
    if (status == 404)
        throw Error("there is no tag {} in {}", quoted(*name.tag()), name.name())
            .with_hint(fmt::format("builder tags {} lists them", name.name()));
    if (status == 400 || status == 405)
        throw Error("the registry {} takes no single tag away (status {})", name.domain(), status)
            .with_hint("it may delete whole manifests, which takes all of their tags: see its own tools");
    throw Error("cannot remove the tag {} from {}: the registry says {}", quoted(*name.tag()), name.name(), status);
}

}  // namespace builder
