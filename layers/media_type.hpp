// The media types of images, in the words of OCI and of Docker, and the way from one to the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "layers/compression.hpp"

namespace layers {

/// Two families of documents that say the same.
enum class Flavour { oci, docker };

namespace media_type {

inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view docker_index = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";

bool is_index(std::string_view type) noexcept;
bool is_manifest(std::string_view type) noexcept;
/// The forms before version 2 of Docker's schema, which nobody should make or take any more.
bool is_outdated_manifest(std::string_view type) noexcept;
bool is_config(std::string_view type) noexcept;

constexpr std::string_view index(Flavour flavour) noexcept {
    return flavour == Flavour::oci ? oci_index : docker_index;
}
constexpr std::string_view manifest(Flavour flavour) noexcept {
    return flavour == Flavour::oci ? oci_manifest : docker_manifest;
}
constexpr std::string_view config(Flavour flavour) noexcept {
    return flavour == Flavour::oci ? oci_config : docker_config;
}

struct Layer {
    Compression compression = Compression::none;
    /// Its content may not be given away and is not kept in registries: "nondistributable", Docker's "foreign".
    bool is_foreign = false;
    Flavour flavour = Flavour::oci;
};

/// What a layer's type says; nothing for types that are not layers.
std::optional<Layer> parse_layer(std::string_view type) noexcept;
/// The type of a layer. Compressions that no type exists for (bzip2, xz) throw Error.
std::string layer(const Layer& layer);

/// The type that means the same in the other family; types that are in neither stay as they are.
std::string converted(std::string_view type, Flavour flavour);

}  // namespace media_type
}  // namespace layers
