#include "registry/transport/transport.hpp"

#include <vector>

#include "layers/oci/image_config.hpp"
#include "layers/oci/index.hpp"
#include "runtime/base/error.hpp"

namespace registry {
namespace {

using layers::oci::Descriptor;

/// Indexes may name indexes; nobody needs more levels.
constexpr unsigned deepest_index = 4;

bool is_image(const Descriptor& descriptor) {
    return layers::media_type::is_index(descriptor.media_type) ||
           layers::media_type::is_manifest(descriptor.media_type);
}

layers::Platform to_platform(const layers::oci::DescriptorPlatform& platform) {
    return {.os = platform.os,
            .architecture = platform.architecture,
            .variant = platform.variant,
            .os_version = platform.os_version,
            .os_features = platform.os_features};
}

/// Attestations and the like stand in indexes with the platform unknown/unknown.
bool is_for_machines(const Descriptor& descriptor) {
    return !descriptor.platform || descriptor.platform->os != "unknown";
}

const Descriptor& choose_descriptor(const layers::oci::Index& index, const layers::Platform& wanted,
                                    const std::string& name) {
    std::vector<const Descriptor*> with_platform, without;
    std::vector<layers::Platform> offered;
    for (const Descriptor& descriptor : index.manifests) {
        if (!is_image(descriptor) || !is_for_machines(descriptor)) continue;
        (descriptor.platform ? with_platform : without).push_back(&descriptor);
        if (descriptor.platform) offered.push_back(to_platform(*descriptor.platform));
    }
    if (const auto chosen = layers::choose_platform(wanted, offered)) return *with_platform[*chosen];
    if (without.size() == 1) return *without.front();
    std::string list;
    for (const layers::Platform& platform : offered)
        list += (list.empty() ? "" : ", ") + layers::format_platform(platform);
    throw runtime::Error(
        "no image found in image index for architecture \"{}\", variant \"{}\", OS \"{}\": {} has no image for {}",
        wanted.architecture, wanted.variant, wanted.os, name, layers::format_platform(wanted))
        .with_hint(list.empty() ? "the index names no image at all" : "it has " + list + "; choose with --platform");
}

}  // namespace

RawManifest choose_manifest(ImageSource& source, const layers::Platform& platform) {
    RawManifest found = source.manifest();
    for (unsigned depth = 0; found.is_index(); ++depth) {
        if (depth == deepest_index)
            throw runtime::Error("{} has more than {} indexes inside each other", source.name(), deepest_index);
        const layers::oci::Index index = layers::oci::parse_index(found.text, found.media_type);
        found = source.manifest(choose_descriptor(index, platform, source.name()));
    }
    return found;
}

void put_till_kept(const std::function<void()>& put) {
    constexpr unsigned most_tries = 8;
    for (unsigned tries = 1;; ++tries) {
        try {
            return put();
        } catch (const BlobLost&) {
            if (tries == most_tries) throw;
        }
    }
}

std::string read_config(ImageSource& source, const layers::oci::Manifest& manifest) {
    const auto blob = source.open_blob(manifest.config);
    return runtime::read_all(*blob, layers::oci::config_limit_bytes, "the image configuration");
}

}  // namespace registry
