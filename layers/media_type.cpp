#include "layers/media_type.hpp"

#include <array>

#include "runtime/base/error.hpp"

namespace layers::media_type {
namespace {

struct Row {
    std::string_view type;
    Layer layer;
};

/// Docker has no type of its own for foreign layers that are not gzip; its tools write these.
constexpr std::array rows{
    Row{"application/vnd.oci.image.layer.v1.tar", {Compression::none, false, Flavour::oci}},
    Row{"application/vnd.oci.image.layer.v1.tar+gzip", {Compression::gzip, false, Flavour::oci}},
    Row{"application/vnd.oci.image.layer.v1.tar+zstd", {Compression::zstd, false, Flavour::oci}},
    Row{"application/vnd.oci.image.layer.nondistributable.v1.tar", {Compression::none, true, Flavour::oci}},
    Row{"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", {Compression::gzip, true, Flavour::oci}},
    Row{"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", {Compression::zstd, true, Flavour::oci}},
    Row{"application/vnd.docker.image.rootfs.diff.tar", {Compression::none, false, Flavour::docker}},
    Row{"application/vnd.docker.image.rootfs.diff.tar.gzip", {Compression::gzip, false, Flavour::docker}},
    Row{"application/vnd.docker.image.rootfs.diff.tar.zstd", {Compression::zstd, false, Flavour::docker}},
    Row{"application/vnd.docker.image.rootfs.foreign.diff.tar", {Compression::none, true, Flavour::docker}},
    Row{"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", {Compression::gzip, true, Flavour::docker}},
    Row{"application/vnd.docker.image.rootfs.foreign.diff.tar.zstd", {Compression::zstd, true, Flavour::docker}},
};

}  // namespace

bool is_index(std::string_view type) noexcept {
    return type == oci_index || type == docker_index;
}

bool is_manifest(std::string_view type) noexcept {
    return type == oci_manifest || type == docker_manifest;
}

bool is_outdated_manifest(std::string_view type) noexcept {
    return type.starts_with("application/vnd.docker.distribution.manifest.v1+");
}

bool is_config(std::string_view type) noexcept {
    return type == oci_config || type == docker_config;
}

std::optional<Layer> parse_layer(std::string_view type) noexcept {
    for (const Row& row : rows)
        if (row.type == type) return row.layer;
    return std::nullopt;
}

std::string layer(const Layer& layer) {
    for (const Row& row : rows)
        if (row.layer.compression == layer.compression && row.layer.is_foreign == layer.is_foreign &&
            row.layer.flavour == layer.flavour)
            return std::string(row.type);
    throw runtime::Error("there is no media type for layers compressed with {}", compression_name(layer.compression));
}

std::string converted(std::string_view type, Flavour flavour) {
    if (is_index(type)) return std::string(index(flavour));
    if (is_manifest(type)) return std::string(manifest(flavour));
    if (is_config(type)) return std::string(config(flavour));
    if (auto found = parse_layer(type)) {
        found->flavour = flavour;
        return layer(*found);
    }
    return std::string(type);
}

}  // namespace layers::media_type
