// Image manifests of OCI (image-spec, manifest.md) and of Docker (schema 2): the config and the layers of one image.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/media_type.hpp"
#include "layers/oci/descriptor.hpp"

namespace layers::oci {

/// Larger ones are refused, as registries do.
inline constexpr std::size_t manifest_limit_bytes = 4U << 20;

struct Manifest {
    std::string media_type = std::string(media_type::oci_manifest);
    Descriptor config = {};
    std::vector<Descriptor> layers = {};
    std::string artifact_type = {};
    std::optional<Descriptor> subject = std::nullopt;
    Annotations annotations = {};

    Flavour flavour() const noexcept {
        return media_type == media_type::docker_manifest ? Flavour::docker : Flavour::oci;
    }
    bool operator==(const Manifest&) const = default;
};

/// The type of a manifest or index by its own words, else by `said_type` (of a descriptor, a header), else by its
/// fields. Throws Error where they contradict each other, and for Docker's schema 1. OCI demands this care: a document
/// that could be read as both has been used to show two parties different content (CVE-2021-41190).
std::string document_type(std::string_view text, std::string_view said_type = {});

/// Throws Error naming the field.
Manifest parse_manifest(std::string_view text, std::string_view said_type = {});
std::string write_manifest(const Manifest& manifest);

/// The same manifest in the other family: all types are converted. Docker's has no annotations, subject or artifact
/// type; they are lost. The config's content is the caller's affair.
Manifest converted(Manifest manifest, Flavour flavour);

}  // namespace layers::oci
