#include "builder/questions/describe_place.hpp"

#include "builder/containers/describe.hpp"

namespace builder {
namespace {

TemplateValue describe_layer(const layers::oci::Descriptor& layer) {
    return TemplateValue::record("layer", {{"Digest", "digest", layer.digest_text},
                                           {"Size", "size", static_cast<std::int64_t>(layer.size)},
                                           {"MediaType", "mediaType", layer.media_type}});
}

TemplateValue describe_image(const PlacedImage& image) {
    std::vector<TemplateValue> layers;
    for (const layers::oci::Descriptor& layer : image.manifest.layers) layers.push_back(describe_layer(layer));
    return TemplateValue::record(
        "image", {{"Platform", "platform", image.platform()},
                  {"Digest", "digest", image.descriptor.digest_text},
                  {"MediaType", "mediaType", image.descriptor.media_type},
                  {"Size", "size", static_cast<std::int64_t>(image.packed_bytes())},
                  {"Created", "created", image.config ? image.config->created : ""},
                  {"Layers", "layers", TemplateValue::list(std::move(layers))},
                  {"Annotations", "annotations", TemplateValue::map_of(image.manifest.annotations)},
                  {"Config", "config", image.config ? describe_oci_config(*image.config) : TemplateValue()}});
}

}  // namespace

TemplateValue describe_contents(const std::string& place, const PlaceContents& contents) {
    std::vector<TemplateValue> images, platforms;
    std::int64_t bytes = 0;
    for (const PlacedImage& image : contents.images) {
        images.push_back(describe_image(image));
        if (image.config) platforms.emplace_back(image.platform());
        bytes += static_cast<std::int64_t>(image.packed_bytes());
    }
    return TemplateValue::record("place", {{"Name", "name", place},
                                           {"Digest", "digest", contents.descriptor.digest_text},
                                           {"MediaType", "mediaType", contents.descriptor.media_type},
                                           {"Size", "size", bytes},
                                           {"Platforms", "platforms", TemplateValue::list(std::move(platforms))},
                                           {"Images", "images", TemplateValue::list(std::move(images))}});
}

}  // namespace builder
