#include "builder/images/manifest_list.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "builder/images/local_images.hpp"
#include "builder/images/transfer.hpp"
#include "layers/oci/image_config.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/oci/platform.hpp"
#include "registry/copy_image.hpp"
#include "registry/transport/location.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_file.hpp"

namespace builder {
namespace {

using layers::Digest;
using layers::oci::Descriptor;
using nlohmann::json;
using registry::RawManifest;
using runtime::Error;
namespace oci = layers::oci;

/// What the store keeps beside the document of a list.
constexpr const char* created_key = "created";
constexpr const char* origins_key = "origins";

oci::DescriptorPlatform platform_of(const std::string& config_text) {
    const oci::ImageConfig config = oci::parse_image_config(config_text);
    return {config.architecture, config.os, config.variant, config.os_version, config.os_features};
}

/// "docker://NAME@DIGEST" for a member of what a place names; other places have no such names.
std::string place_of_member(const std::string& place, const Digest& digest, registry::Registries& registries) {
    const auto location = registry::parse_image_location(place);
    if (location && location->transport != registry::Transport::registry) return place;
    const std::string name = location ? location->name : place;
    const registry::Reference reference = !location && registry::Reference::parse_plain(name).domain().empty()
                                              ? registries.conf().expand_short_name(name).front()
                                              : registry::Reference::parse(name);
    return "docker://" + reference.without_version().with_digest(digest).text();
}

/// The digests of what a text names: of an image of the store, or of a manifest elsewhere and of those that it lists.
std::vector<std::string> digests_named(layers::Store& store, const std::string& text,
                                       registry::Registries& registries) {
    if (!registry::parse_image_location(text))
        if (const auto image = find_local_image(store, text)) return {image->manifest_digest.text()};
    try {
        const RawManifest top = open_source(text, registries)->manifest();
        std::vector<std::string> digests = {top.digest().text()};
        if (top.is_index())
            for (const Descriptor& one : oci::parse_index(top.text, top.media_type).manifests)
                digests.push_back(one.digest_text);
        return digests;
    } catch (Error& error) {
        error.add_context("reading image instance");
        throw;
    }
}

}  // namespace

void apply_fields(const MemberFields& fields, Descriptor& descriptor) {
    oci::DescriptorPlatform platform = descriptor.platform.value_or(oci::DescriptorPlatform{});
    if (!fields.os.empty()) platform.os = fields.os;
    if (!fields.architecture.empty()) platform.architecture = fields.architecture;
    if (!fields.variant.empty()) platform.variant = fields.variant;
    if (!fields.os_version.empty()) platform.os_version = fields.os_version;
    if (!fields.os_features.empty()) platform.os_features = fields.os_features;
    if (platform != oci::DescriptorPlatform{}) descriptor.platform = platform;
    for (const auto& [name, value] : fields.annotations) descriptor.annotations[name] = value;
}

std::string absolute_file(const std::string& text) {
    return std::filesystem::absolute(text).lexically_normal().string();
}

std::string ManifestList::canonical_name(const std::string& name) {
    return name_for_tagging(name);
}

ManifestList::ManifestList(const std::string& name) : name_(canonical_name(name)) {}

namespace {

Digest id_of_list(const std::string& canonical) {
    return Digest::of("manifest list " + canonical);
}

/// The list whose ID begins with these digits, of which there are as many as `images` prints.
std::string name_by_id(layers::Store& store, const std::string& text) {
    constexpr std::size_t fewest_digits = 12;
    const std::string digits = text.starts_with("sha256:") ? text.substr(7) : text;
    if (digits.size() < fewest_digits || digits.find_first_not_of("0123456789abcdef") != std::string::npos) return "";
    for (const std::string& name : store.manifest_lists().list())
        if (id_of_list(name).hex().starts_with(digits)) return name;
    return "";
}

}  // namespace

std::optional<ManifestList> ManifestList::find(layers::Store& store, const std::string& name) {
    if (const std::string known = name_by_id(store, name); !known.empty()) return find(store, known);
    if (registry::is_image_id(name) || registry::parse_image_location(name)) return std::nullopt;
    if (name.find('@') != std::string::npos) return std::nullopt;  // names one document, not what has a name
    const auto record = store.manifest_lists().find(canonical_name(name));
    if (!record) return std::nullopt;
    ManifestList list(name);
    list.index_ = oci::parse_index(record->document);
    const json sources = runtime::parse_json(record->sources, "the origins of " + name);
    // Lists of earlier versions have the origins alone.
    const bool has_time = sources.contains(created_key);
    if (has_time) list.created_ = sources[created_key].get<std::string>();
    const json& origins = has_time ? sources.at(origins_key) : sources;
    for (const auto& [digest, value] : origins.items()) {
        const runtime::JsonFields fields(value, "an origin");
        list.origins_[digest] = {fields.text_or_empty("place"), fields.text_or_empty("image"),
                                 fields.texts_or_empty("blobs"), fields.texts_or_empty("files")};
    }
    return list;
}

ManifestList ManifestList::find_or_new(layers::Store& store, const std::string& name) {
    if (auto list = find(store, name)) return *std::move(list);
    for (const std::string& candidate : candidate_names(name))
        if (store.images().find_by_name(candidate))
            throw Error("{}: image is not a manifest list", candidate)
                .with_hint("give the list another name, or remove that of the image");
    return ManifestList(name);
}

ManifestList ManifestList::require(layers::Store& store, const std::string& name) {
    if (name.empty()) throw Error("invalid image name \"\"").with_hint("name a list; builder images shows them");
    if (auto list = find(store, name)) return *std::move(list);
    const auto image = find_local_image(store, name);
    throw Error("{}: {}", image ? name_of_image(*image, name) : name,
                image ? "image is not a manifest list" : "image not known")
        .with_hint("builder manifest create makes a list");
}

Digest ManifestList::id() const {
    return id_of_list(name_);
}

Descriptor ManifestList::descriptor() const {
    return RawManifest{oci::write_index(index_), index_.media_type}.descriptor();
}

void ManifestList::put_member(Descriptor descriptor, Origin origin) {
    std::erase_if(index_.manifests, [&](const Descriptor& d) { return d.digest_text == descriptor.digest_text; });
    origins_[descriptor.digest_text] = std::move(origin);
    index_.manifests.push_back(std::move(descriptor));
}

void ManifestList::add_members_of(const ManifestList& other) {
    for (const Descriptor& descriptor : other.index_.manifests)
        put_member(descriptor, other.origins_.at(descriptor.digest_text));
}

Digest ManifestList::add_stored(const layers::ImageRecord& image, const MemberFields& fields) {
    Descriptor descriptor = RawManifest{image.manifest, image.media_type}.descriptor();
    descriptor.platform = platform_of(image.config);
    apply_fields(fields, descriptor);
    const Digest digest = descriptor.digest();
    put_member(std::move(descriptor), {"", image.id.text(), {}});
    return digest;
}

std::vector<Digest> ManifestList::add_image(layers::Store& store, const std::string& text, bool all,
                                            const MemberFields& fields, registry::Registries& registries) {
    if (const auto other = find(store, text)) {
        add_members_of(*other);
        std::vector<Digest> added;
        for (const Descriptor& descriptor : other->index_.manifests) added.push_back(descriptor.digest());
        return added;
    }
    if (!registry::parse_image_location(text) || text.starts_with("containers-storage:"))
        if (const auto image = find_local_image(store, text.substr(text.starts_with("containers-storage:") ? 19 : 0)))
            return {add_stored(*image, fields)};
    const auto source = open_source(text, registries);
    const RawManifest top = source->manifest();
    // What an index says of a member stays with it: annotations, the type of an artifact, addresses.
    const auto add = [&](const RawManifest& manifest, Descriptor descriptor) {
        if (!descriptor.platform && descriptor.artifact_type.empty() && !manifest.is_index())
            descriptor.platform =
                platform_of(registry::read_config(*source, oci::parse_manifest(manifest.text, manifest.media_type)));
        apply_fields(fields, descriptor);
        const Digest digest = descriptor.digest();
        put_member(std::move(descriptor), {place_of_member(text, digest, registries), "", {}});
        return digest;
    };
    if (!top.is_index()) return {add(top, top.descriptor())};
    const std::vector<Descriptor> members = oci::parse_index(top.text, top.media_type).manifests;
    if (!all) {
        layers::Platform wanted = layers::host_platform();
        if (!fields.os.empty()) wanted.os = fields.os;
        if (!fields.architecture.empty()) wanted.architecture = fields.architecture, wanted.variant = fields.variant;
        const RawManifest chosen = registry::choose_manifest(*source, layers::normalized(wanted));
        const auto known = std::find_if(members.begin(), members.end(), [&](const Descriptor& member) {
            return member.digest_text == chosen.digest().text();
        });
        return {add(chosen, known == members.end() ? chosen.descriptor() : *known)};
    }
    std::vector<Digest> added;
    for (const Descriptor& member : members) added.push_back(add(source->manifest(member), member));
    return added;
}

Descriptor ManifestList::describe(layers::Store& store, const std::string& text, registry::Registries& registries) {
    if (const auto list = find(store, text))
        return RawManifest{oci::write_index(list->index_), list->index_.media_type}.descriptor();
    if (!registry::parse_image_location(text))
        if (const auto image = find_local_image(store, text))
            return RawManifest{image->manifest, image->media_type}.descriptor();
    return open_source(text, registries)->manifest().descriptor();
}

std::vector<std::string> ManifestList::files_of(const Descriptor& member) const {
    const auto origin = origins_.find(member.digest_text);
    return origin == origins_.end() ? std::vector<std::string>{} : origin->second.files;
}

Descriptor& ManifestList::member(layers::Store& store, const std::string& text, registry::Registries& registries) {
    const std::string file = absolute_file(text);
    for (Descriptor& descriptor : index_.manifests) {
        const std::vector<std::string> files = files_of(descriptor);
        if (std::find(files.begin(), files.end(), file) != files.end()) return descriptor;
    }
    std::vector<std::string> digests = {text};
    if (!text.starts_with("sha256:")) digests = digests_named(store, text, registries);
    for (Descriptor& descriptor : index_.manifests)
        if (std::find(digests.begin(), digests.end(), descriptor.digest_text) != digests.end()) return descriptor;
    throw Error("no instance matching digest \"{}\" found in manifest list: file does not exist", digests.front())
        .with_hint("builder manifest inspect lists them");
}

void ManifestList::remove(const Digest& digest) {
    std::erase_if(index_.manifests, [&](const Descriptor& d) { return d.digest_text == digest.text(); });
    origins_.erase(digest.text());
}

std::optional<Digest> ManifestList::image_of(const Descriptor& member) const {
    const auto origin = origins_.find(member.digest_text);
    if (origin == origins_.end() || origin->second.image_id.empty()) return std::nullopt;
    return Digest::parse(origin->second.image_id);
}

ManifestList ManifestList::named(const std::string& name) const {
    ManifestList other = *this;
    other.name_ = canonical_name(name);
    return other;
}

void ManifestList::save(layers::Store& store) const {
    json origins = json::object();
    std::vector<Digest> blobs;
    for (const auto& [digest, origin] : origins_) {
        json value = json::object();
        if (!origin.place.empty()) value["place"] = origin.place;
        if (!origin.image_id.empty()) value["image"] = origin.image_id;
        if (!origin.blobs.empty()) value["blobs"] = origin.blobs;
        if (!origin.files.empty()) value["files"] = origin.files;
        for (const std::string& blob : origin.blobs) blobs.push_back(Digest::parse(blob));
        origins[digest] = std::move(value);
    }
    const json sources = {{created_key, created_.empty() ? runtime::rfc3339_now() : created_},
                          {origins_key, std::move(origins)}};
    store.manifest_lists().put({name_, oci::write_index(index_), runtime::write_json(sources), blobs});
}

ManifestList add_to_manifest_list(layers::Store& store, const std::string& name, const layers::ImageRecord& image) {
    ManifestList list = ManifestList::find_or_new(store, name);
    list.add_stored(image, {});
    list.save(store);
    return list;
}

}  // namespace builder
