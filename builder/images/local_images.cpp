#include "builder/images/local_images.hpp"

#include <algorithm>

#include "builder/engine/record/step_key.hpp"
#include "builder/images/listed_images.hpp"
#include "builder/syntax/suggest.hpp"
#include "layers/oci/manifest.hpp"
#include "registry/reference.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using layers::ImageRecord;
using runtime::Error;
using runtime::quoted;

bool looks_like_id(const std::string& text) {
    return text.size() >= 3 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<ImageRecord> find_by_id(layers::Store& store, const std::string& text) {
    const std::string hex = text.starts_with("sha256:") ? text.substr(7) : text;
    if (!looks_like_id(hex)) return std::nullopt;
    std::vector<ImageRecord> found = store.images().find_by_prefix(hex);
    if (found.empty()) return std::nullopt;
    if (found.size() == 1) return std::move(found.front());
    Error error("{} is the beginning of {} image IDs", quoted(text), found.size());
    error.with_hint(
        fmt::format("give more of it: {} or {}", found[0].id.hex().substr(0, 16), found[1].id.hex().substr(0, 16)));
    throw error;
}

}  // namespace

bool names_host(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return false;
    const std::string first = text.substr(0, slash);
    return first == "localhost" || first.find_first_of(".:") != std::string::npos;
}

namespace {

/// Buildah's sentence for what is no name at all.
registry::Reference parse_name(const std::string& text) {
    try {
        return registry::Reference::parse_plain(text);
    } catch (const Error& reason) {
        constexpr std::string_view of_reference = "invalid reference format: ";
        std::string why = "invalid reference format";
        if (text.empty()) why = "repository name must have at least one component";
        if (reason.message().find("must be lowercase") != std::string::npos) why = "repository name must be lowercase";
        Error error("parsing reference \"{}\": {}", text, why);
        if (!text.empty() && why == "invalid reference format" && reason.message().starts_with(of_reference))
            if (const std::string rest = reason.message().substr(of_reference.size()); rest != runtime::quoted(text))
                error.with_hint(rest);
        throw error.with_hint(reason.hint());
    }
}

}  // namespace

std::vector<std::string> candidate_names(const std::string& text) {
    static_cast<void>(parse_name(text));
    if (names_host(text)) return {registry::Reference::parse(text).for_pull().text()};
    return {registry::Reference::parse("localhost/" + text).for_pull().text(),
            registry::Reference::parse(text).for_pull().text()};
}

std::string name_for_tagging(const std::string& text) {
    if (parse_name(text).digest())
        throw Error("{}: tag by digest not supported", text).with_hint("leave the digest out: a name can move");
    return registry::Reference::parse(names_host(text) ? text : "localhost/" + text).for_pull().text();
}

std::string name_in_use(layers::Store& store, const std::string& text) {
    for (std::string& name : candidate_names(text))
        if (const auto image = store.images().find_by_name(name); image && image->names.size() == 1)
            return std::move(name);
    return name_for_tagging(text);
}

std::string familiar_name(const std::string& canonical) {
    return registry::Reference::parse(canonical).familiar_text();
}

std::optional<ImageRecord> find_local_image(layers::Store& store, const std::string& text) {
    if (text.starts_with("sha256:")) return find_by_id(store, text);
    if (!registry::is_image_id(text))
        for (const std::string& name : candidate_names(text)) {
            if (auto image = store.images().find_by_name(name)) return image;
            if (auto image = find_listed_image(store, name, layers::host_platform())) return image;
        }
    return find_by_id(store, text);
}

std::optional<ImageRecord> find_local_image_for(layers::Store& store, const std::string& text,
                                                const std::string& platform) {
    const layers::Platform wanted = layers::normalized(layers::parse_platform(platform));
    const bool is_own = wanted == layers::host_platform();
    for (const std::string& name : candidate_names(text)) {
        auto image = store.images().find_by_name(name);
        if (!image) image = find_listed_image(store, name, wanted);
        if (!image) continue;
        const layers::Platform offered = platform_of(*image);
        if (layers::is_same_platform(wanted, offered)) return image;
        if (is_own && layers::choose_platform(wanted, std::vector{offered})) return image;
    }
    return std::nullopt;
}

layers::Platform platform_of(const layers::oci::ImageConfig& config) {
    return layers::normalized({config.os, config.architecture, config.variant, {}, {}});
}

layers::Platform platform_of(const ImageRecord& image) {
    return platform_of(layers::oci::parse_image_config(image.config));
}

void require_platform(const layers::oci::ImageConfig& config, const std::string& platform, const std::string& what) {
    const layers::Platform wanted = layers::normalized(layers::parse_platform(platform));
    const layers::Platform own = platform_of(config);
    const bool fits = own.os == wanted.os && own.architecture == wanted.architecture &&
                      layers::choose_platform(wanted, std::vector{own});
    if (fits || config.architecture.empty()) return;
    throw Error("{} is for {}, not for {}", what, layers::format_platform(own), platform)
        .with_hint("ask for the platform that it is for, or name an image of the other one");
}

bool ends_with_name(const std::string& name, const std::string& text) {
    const registry::Reference wanted = parse_name(text);
    const registry::Reference known = registry::Reference::parse(name);
    const std::string path = "/" + (wanted.domain().empty() ? "" : wanted.domain() + "/") + wanted.path();
    return ("/" + known.name()).ends_with(path) && (wanted.digest() || known.tag() == wanted.tag().value_or("latest"));
}

namespace {

/// By the last components of a stored name, with the same tag: `foo` finds quay.io/me/foo:latest. By a digest: an image
/// that has the manifest, and a name like that.
std::optional<ImageRecord> find_loosely(layers::Store& store, const std::string& text) {
    const registry::Reference wanted = parse_name(text);
    const auto matches = [&](const std::string& name) { return ends_with_name(name, text); };
    if (wanted.digest()) {
        for (const ImageRecord& image : store.images().list())
            if (image.manifest_digest == *wanted.digest() &&
                std::any_of(image.names.begin(), image.names.end(), matches))
                return image;
        return std::nullopt;
    }
    for (const std::string& name : store.images().list_names())
        if (matches(name)) return store.images().find_by_name(name);
    return std::nullopt;
}

}  // namespace

ImageRecord require_local_image(layers::Store& store, const std::string& given) {
    constexpr std::string_view of_store = "containers-storage:";
    const std::string text = given.starts_with(of_store) ? given.substr(of_store.size()) : given;
    if (auto image = find_local_image(store, text)) return *std::move(image);
    if (!text.starts_with("sha256:") && !registry::is_image_id(text))
        if (auto image = find_loosely(store, text)) return *std::move(image);
    std::vector<std::string> names;
    for (const std::string& name : store.images().list_names()) {
        // With and without what a name may be written without.
        std::string familiar = familiar_name(name);
        names.push_back(familiar);
        if (familiar.starts_with("localhost/")) names.push_back(familiar.erase(0, 10));
        if (familiar.ends_with(":latest")) names.push_back(familiar.substr(0, familiar.size() - 7));
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    throw Error("{}: image not known", text)
        .with_hint(did_you_mean(text, views))
        .with_hint("builder images lists what there is");
}

StageState state_of_image(layers::Store& store, const ImageRecord& image) {
    StageState state;
    state.config = layers::oci::parse_image_config(image.config);
    layers::oci::become_base(state.config);
    state.files_key = key_of_layers(state.config.diff_ids);
    state.files_run = state.files_key.text();
    state.variables = Variables::from_environment(state.config.config.env);
    for (layers::LayerRecord& layer : store.layers().of_image(image.id)) {
        layers::Layers::note_use(layer);
        state.layers.push_back(SealedLayer::known(std::move(layer), ""));
    }
    state.image_layers = state.layers.size();
    state.image_history = state.config.history.size();
    state.base_image = image.id;
    state.config.diff_ids.clear();
    state.annotations = annotations_to_inherit(image);
    return state;
}

std::string name_of_image(const ImageRecord& image, const std::string& text) {
    if (image.names.empty()) return "";
    const auto location = registry::parse_image_location(text);
    if (!location || !location->name.empty()) {
        try {
            for (const std::string& name : candidate_names(location ? location->name : text))
                if (std::find(image.names.begin(), image.names.end(), name) != image.names.end()) return name;
        } catch (const Error&) {
            // An ID, or a tag within a place: no name.
        }
    }
    return image.names.front();
}

std::map<std::string, std::string> annotations_to_inherit(const ImageRecord& image) {
    auto annotations = layers::oci::parse_manifest(image.manifest, image.media_type).annotations;
    annotations.erase("org.opencontainers.image.created");
    return annotations;
}

void note_base(std::map<std::string, std::string>& annotations, const ImageRecord& image, const std::string& name) {
    annotations.erase("org.opencontainers.image.base.name");
    if (!name.empty()) annotations["org.opencontainers.image.base.name"] = name;
    annotations["org.opencontainers.image.base.digest"] = image.manifest_digest.text();
}

}  // namespace builder
