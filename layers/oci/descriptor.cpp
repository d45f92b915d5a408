#include "layers/oci/descriptor.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

namespace layers::oci {
namespace {

constexpr std::size_t longest_media_type_part = 127;

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_media_type_part(std::string_view part) noexcept {
    constexpr std::string_view others = "!#$&^_.+-";
    return !part.empty() && part.size() <= longest_media_type_part && is_letter_or_digit(part.front()) &&
           std::all_of(part.begin(), part.end(),
                       [&](char c) { return is_letter_or_digit(c) || others.find(c) != others.npos; });
}

/// algorithm ::= component (separator component)*, in lower case; encoded ::= [a-zA-Z0-9=_-]+
bool is_digest_form(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    bool after_component = false;
    for (const char c : text.substr(0, colon)) {
        const bool in_component = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!in_component && (!after_component || std::string_view("+._-").find(c) == std::string_view::npos))
            return false;
        after_component = in_component;
    }
    const std::string_view encoded = text.substr(colon + 1);
    return after_component && std::all_of(encoded.begin(), encoded.end(), [](char c) {
               return is_letter_or_digit(c) || c == '=' || c == '_' || c == '-';
           });
}

DescriptorPlatform read_platform(const runtime::JsonFields& fields) {
    return {.architecture = fields.text("architecture"),
            .os = fields.text("os"),
            .variant = fields.text_or_empty("variant"),
            .os_version = fields.text_or_empty("os.version"),
            .os_features = fields.texts_or_empty("os.features")};
}

nlohmann::json write_platform(const DescriptorPlatform& platform) {
    nlohmann::json value{{"architecture", platform.architecture}, {"os", platform.os}};
    if (!platform.variant.empty()) value["variant"] = platform.variant;
    if (!platform.os_version.empty()) value["os.version"] = platform.os_version;
    if (!platform.os_features.empty()) value["os.features"] = platform.os_features;
    return value;
}

}  // namespace

Digest Descriptor::digest() const {
    if (auto known = Digest::parse_if_valid(digest_text)) return *std::move(known);
    throw runtime::Error("the digest {} is of a kind that is not supported", runtime::quoted(digest_text))
        .with_hint("sha256 and sha512 are");
}

Descriptor make_descriptor(std::string_view media_type, const Digest& digest, std::uint64_t size) {
    return {.media_type = std::string(media_type), .digest_text = digest.text(), .size = size};
}

bool is_media_type(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && is_media_type_part(text.substr(0, slash)) &&
           is_media_type_part(text.substr(slash + 1));
}

Descriptor read_descriptor(const runtime::JsonFields& fields) {
    Descriptor descriptor{.media_type = fields.text("mediaType"),
                          .digest_text = fields.text("digest"),
                          .size = fields.size("size"),
                          .urls = fields.texts_or_empty("urls"),
                          .annotations = fields.text_map_or_empty("annotations"),
                          .artifact_type = fields.text_or_empty("artifactType"),
                          .data = fields.text_or_empty("data")};
    if (!is_media_type(descriptor.media_type)) fields.refuse("mediaType", "a media type");
    if (!is_digest_form(descriptor.digest_text)) fields.refuse("digest", "a digest");
    if (const auto platform = fields.object_if_any("platform")) descriptor.platform = read_platform(*platform);
    return descriptor;
}

nlohmann::json write_descriptor(const Descriptor& descriptor) {
    nlohmann::json value{
        {"mediaType", descriptor.media_type}, {"digest", descriptor.digest_text}, {"size", descriptor.size}};
    if (!descriptor.urls.empty()) value["urls"] = descriptor.urls;
    if (!descriptor.annotations.empty()) value["annotations"] = descriptor.annotations;
    if (!descriptor.artifact_type.empty()) value["artifactType"] = descriptor.artifact_type;
    if (!descriptor.data.empty()) value["data"] = descriptor.data;
    if (descriptor.platform) value["platform"] = write_platform(*descriptor.platform);
    return value;
}

}  // namespace layers::oci
