// Descriptors: what a document says of another one or of a blob. OCI image-spec, descriptor.md.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/digest.hpp"

namespace runtime {
class JsonFields;
}

namespace layers::oci {

using Annotations = std::map<std::string, std::string>;

/// The platform as an index names it, unjudged.
struct DescriptorPlatform {
    std::string architecture = {};
    std::string os = {};
    std::string variant = {};
    std::string os_version = {};
    std::vector<std::string> os_features = {};

    bool operator==(const DescriptorPlatform&) const = default;
};

struct Descriptor {
    std::string media_type = {};
    /// Of the right form, but perhaps of an algorithm that this program does not know.
    std::string digest_text = {};
    std::uint64_t size = 0;
    std::vector<std::string> urls = {};
    Annotations annotations = {};
    std::string artifact_type = {};
    /// The content itself in base64, where a document carries it.
    std::string data = {};
    std::optional<DescriptorPlatform> platform = std::nullopt;

    /// Throws Error where the algorithm is unknown.
    Digest digest() const;

    bool operator==(const Descriptor&) const = default;
};

Descriptor make_descriptor(std::string_view media_type, const Digest& digest, std::uint64_t size);

/// Whether the text has the form of a media type (RFC 6838).
bool is_media_type(std::string_view text) noexcept;

/// Throws Error naming the field.
Descriptor read_descriptor(const runtime::JsonFields& fields);
nlohmann::json write_descriptor(const Descriptor& descriptor);

}  // namespace layers::oci
