// Lists of manifests: an image for several platforms, or the table of contents of an image folder. OCI image-spec,
// image-index.md, and Docker's manifest list.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/media_type.hpp"
#include "layers/oci/descriptor.hpp"

namespace layers::oci {

struct Index {
    std::string media_type = std::string(media_type::oci_index);
    std::vector<Descriptor> manifests = {};
    std::string artifact_type = {};
    std::optional<Descriptor> subject = std::nullopt;
    Annotations annotations = {};

    Flavour flavour() const noexcept { return media_type == media_type::docker_index ? Flavour::docker : Flavour::oci; }
    bool operator==(const Index&) const = default;
};

/// Throws Error naming the field.
Index parse_index(std::string_view text, std::string_view said_type = {});
std::string write_index(const Index& index);

/// The annotation that names a manifest of an image folder.
inline constexpr const char* ref_name_annotation = "org.opencontainers.image.ref.name";

}  // namespace layers::oci
