#include "builder/images/outdated.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "layers/oci/index.hpp"
#include "layers/oci/manifest.hpp"
#include "registry/remote/remote_image.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::Digest;
using Kind = BaseState::Kind;

/// What a name means today.
struct Meaning {
    std::optional<Digest> top;           ///< nothing where nobody could be asked
    std::set<std::string> digests = {};  ///< of the manifest, or of the index and its members
    std::string reason = {};
};

Meaning meaning_here(layers::Store& store, const std::string& name) {
    const auto image = store.images().find_by_name(name);
    if (!image) return {std::nullopt, {}, "the store has no such image any more"};
    return {image->manifest_digest, {image->manifest_digest.text()}};
}

Meaning meaning_there(const std::string& name, registry::Registries& registries) {
    const auto source = registry::open_remote_image(registries, registry::Reference::parse(name));
    const registry::RawManifest raw = source->manifest();
    Meaning meaning{raw.digest(), {raw.digest().text()}};
    if (raw.is_index())
        for (const auto& member : layers::oci::parse_index(raw.text, raw.media_type).manifests)
            meaning.digests.insert(member.digest_text);
    return meaning;
}

/// A base that cannot be asked for is no reason to say nothing of the others.
Meaning meaning_of(layers::Store& store, const std::string& name, registry::Registries& registries) {
    try {
        return name.starts_with("localhost/") ? meaning_here(store, name) : meaning_there(name, registries);
    } catch (const runtime::Error& error) {
        registries.stop().throw_if_stopped();
        return {std::nullopt, {}, error.full_message()};
    }
}

}  // namespace

std::vector<BaseState> compare_with_bases(layers::Store& store, registry::Registries& registries) {
    std::map<std::string, Meaning> meanings;
    std::vector<BaseState> states;
    for (const layers::ImageRecord& image : store.images().list()) {
        if (image.names.empty()) continue;
        const auto annotations = layers::oci::parse_manifest(image.manifest, image.media_type).annotations;
        const auto base = annotations.find("org.opencontainers.image.base.name");
        const auto digest = annotations.find("org.opencontainers.image.base.digest");
        if (base == annotations.end() || digest == annotations.end()) continue;
        const auto built_on = Digest::parse_if_valid(digest->second);
        if (!built_on) continue;
        if (!meanings.contains(base->second)) meanings[base->second] = meaning_of(store, base->second, registries);
        const Meaning& meaning = meanings[base->second];
        // Who took the name over from the base that it was made from stands on nothing newer.
        const bool is_current =
            meaning.digests.contains(built_on->text()) || meaning.digests.contains(image.manifest_digest.text());
        const Kind kind = !meaning.top ? Kind::unknown : is_current ? Kind::current : Kind::outdated;
        for (const std::string& name : image.names)
            states.push_back({name, base->second, *built_on, kind, meaning.top, meaning.reason});
    }
    std::sort(states.begin(), states.end(),
              [](const auto& left, const auto& right) { return left.image < right.image; });
    return states;
}

const char* name_of(Kind kind) noexcept {
    switch (kind) {
        case Kind::current:
            return "current";
        case Kind::outdated:
            return "outdated";
        case Kind::unknown:
            return "unknown";
    }
    return "";
}

}  // namespace builder
