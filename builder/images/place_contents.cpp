#include "builder/images/place_contents.hpp"

#include "layers/oci/index.hpp"
#include "layers/oci/platform.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

namespace oci = layers::oci;
using registry::ImageSource;
using registry::RawManifest;

bool is_image_config(const std::string& media_type) {
    return media_type == "application/vnd.oci.image.config.v1+json" ||
           media_type == "application/vnd.docker.container.image.v1+json";
}

PlacedImage image_of(ImageSource& source, oci::Descriptor descriptor, const RawManifest& raw) {
    PlacedImage image{std::move(descriptor)};
    if (raw.is_index()) return image;
    image.manifest = oci::parse_manifest(raw.text, raw.media_type);
    if (!is_image_config(image.manifest.config.media_type)) return image;
    try {
        image.config = oci::parse_image_config(registry::read_config(source, image.manifest));
    } catch (runtime::Error& error) {
        error.add_context("the image {}", image.descriptor.digest_text);
        throw;
    }
    return image;
}

}  // namespace

std::string PlacedImage::platform() const {
    if (descriptor.platform) {
        const oci::DescriptorPlatform& own = *descriptor.platform;
        return layers::format_platform({own.os, own.architecture, own.variant, {}, {}});
    }
    return config ? layers::format_platform({config->os, config->architecture, config->variant, {}, {}}) : "";
}

std::uint64_t PlacedImage::packed_bytes() const {
    std::uint64_t bytes = manifest.config.size;
    for (const oci::Descriptor& layer : manifest.layers) bytes += layer.size;
    return bytes;
}

PlaceContents look_at(ImageSource& source) {
    const RawManifest top = source.manifest();
    PlaceContents contents{top.descriptor(), top.is_index(), {}};
    if (!top.is_index()) {
        contents.images.push_back(image_of(source, contents.descriptor, top));
        return contents;
    }
    for (const oci::Descriptor& member : oci::parse_index(top.text, top.media_type).manifests)
        contents.images.push_back(image_of(source, member, source.manifest(member)));
    return contents;
}

}  // namespace builder
