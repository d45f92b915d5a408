// Names of images: `name[:tag][@digest]`, where the name starts with a domain: docker.io/library/alpine:3.20.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "layers/digest.hpp"

namespace registry {

/// A name of an image, always well formed.
class Reference {
public:
    /// Takes what people type: `alpine` is docker.io/library/alpine. Throws Error; 64 hexadecimal digits are an ID, no
    /// name.
    static Reference parse(std::string_view text);
    /// The same without any default: a name that starts with no domain has an empty one.
    static Reference parse_plain(std::string_view text);
    /// Takes only a name that is complete already.
    static Reference parse_canonical(std::string_view text);

    const std::string& domain() const noexcept { return domain_; }  ///< with its port
    const std::string& path() const noexcept { return path_; }
    const std::optional<std::string>& tag() const noexcept { return tag_; }
    const std::optional<layers::Digest>& digest() const noexcept { return digest_; }

    /// Domain and path.
    std::string name() const;
    /// Everything, as parse_plain takes it again.
    std::string text() const;
    /// The short forms that people read: without docker.io/ and, for the official images, without library/.
    std::string familiar_name() const;
    std::string familiar_text() const;

    Reference with_tag(std::string_view tag) const;
    Reference with_digest(layers::Digest digest) const;
    /// Only domain and path.
    Reference without_version() const;
    /// What a pull asks for: the tag `latest` where there is neither tag nor digest; no tag beside a digest.
    Reference for_pull() const;

    bool operator==(const Reference&) const = default;

private:
    Reference() = default;
    std::string version() const;

    std::string domain_;
    std::string path_;
    std::optional<std::string> tag_;
    std::optional<layers::Digest> digest_;
};

/// True for 64 lower-case hexadecimal digits, the ID of an image.
bool is_image_id(std::string_view text);
/// True for `host` or `host:port`, with an IPv6 address in brackets.
bool is_domain(std::string_view text);
bool is_tag(std::string_view text);

/// A name, a digest, or an image ID, which becomes a digest.
using NameOrDigest = std::variant<Reference, layers::Digest>;
NameOrDigest parse_any_reference(std::string_view text);

}  // namespace registry
