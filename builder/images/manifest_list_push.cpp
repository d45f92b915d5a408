// Pushing manifest lists: members from the store, from registries and out of files, and the index over them.
#include <fcntl.h>

#include "builder/images/manifest_list.hpp"
#include "builder/images/transfer.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/oci/platform.hpp"
#include "registry/copy_image.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using layers::Digest;
using layers::oci::Descriptor;
using registry::RawManifest;
using runtime::Error;
namespace oci = layers::oci;

std::string read_blob(layers::Store& store, const Digest& digest) {
    constexpr std::size_t limit_bytes = 1U << 30;
    return runtime::read_file(store.blobs().path(digest), limit_bytes);
}

}  // namespace

/// A member that lies elsewhere, as an image of the store.
std::optional<layers::ImageRecord> ManifestList::image_elsewhere(layers::Store& store, const Descriptor& member,
                                                                 registry::Registries& registries) const {
    const oci::DescriptorPlatform& platform = *member.platform;
    return import_from(store, origins_.at(member.digest_text).place,
                       layers::format_platform({platform.os, platform.architecture, platform.variant, {}, {}}),
                       registries);
}

Descriptor ManifestList::push_member(layers::Store& store, const Descriptor& member,
                                     registry::ImageDestination& destination, const registry::ExportOptions& options,
                                     registry::Registries& registries) {
    const Origin& origin = origins_.at(member.digest_text);
    Descriptor written = member;
    if (!origin.image_id.empty()) {
        const auto image = store.images().find(Digest::parse(origin.image_id));
        if (!image) throw Error("the image {} of the list is no longer in the store", origin.image_id);
        const RawManifest raw = registry::export_member(*image, store, destination, options, registries.stop());
        const Descriptor now = raw.descriptor();
        written.digest_text = now.digest_text;
        written.size = now.size;
        written.media_type = now.media_type;
        return written;
    }
    if (!origin.blobs.empty()) {
        const RawManifest raw{read_blob(store, Digest::parse(origin.blobs.front())), member.media_type};
        const oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
        std::vector<Descriptor> blobs = manifest.layers;
        blobs.push_back(manifest.config);
        for (const Descriptor& blob : blobs) {
            if (destination.has_blob(blob.digest())) continue;
            runtime::FileSource content(runtime::open_path(store.blobs().path(blob.digest()), O_RDONLY),
                                        blob.digest_text);
            destination.put_blob(content, blob);
        }
        destination.put_manifest(raw);
        return written;
    }
    const bool is_converted = options.format && layers::media_type::is_manifest(member.media_type) && member.platform &&
                              layers::media_type::manifest(*options.format) != member.media_type;
    if (is_converted)
        if (const auto image = image_elsewhere(store, member, registries)) {
            const Descriptor now =
                registry::export_member(*image, store, destination, options, registries.stop()).descriptor();
            written.digest_text = now.digest_text;
            written.size = now.size;
            written.media_type = now.media_type;
            return written;
        }
    const auto source = open_source(origin.place, registries);
    const RawManifest raw = origin.place.starts_with("docker://") ? source->manifest() : source->manifest(member);
    registry::copy_members(*source, destination, raw, store, registries.stop());
    destination.put_manifest(raw);
    return written;
}

/// An image once more, packed otherwise, marked as the tools that choose by it expect. Nothing for what is no image.
std::optional<Descriptor> ManifestList::push_packed_otherwise(layers::Store& store, const Descriptor& member,
                                                              registry::ImageDestination& destination,
                                                              registry::ExportOptions options,
                                                              layers::Compression compression,
                                                              registry::Registries& registries) {
    const Origin& origin = origins_.at(member.digest_text);
    if (!origin.blobs.empty() || !layers::media_type::is_manifest(member.media_type) || !member.platform)
        return std::nullopt;
    const auto image = origin.image_id.empty() ? image_elsewhere(store, member, registries)
                                               : store.images().find(Digest::parse(origin.image_id));
    if (!image) return std::nullopt;
    options.compression = compression;
    options.force_compression = true;
    const RawManifest raw = registry::export_member(*image, store, destination, options, registries.stop());
    Descriptor written = raw.descriptor();
    if (written.digest_text == member.digest_text) return std::nullopt;
    written.platform = member.platform;
    written.annotations = member.annotations;
    if (compression == layers::Compression::zstd) written.annotations["io.github.containers.compression.zstd"] = "true";
    return written;
}

Descriptor ManifestList::push(layers::Store& store, const std::string& place, bool all,
                              const registry::ExportOptions& options,
                              const std::vector<layers::Compression>& added_compressions,
                              registry::Registries& registries) {
    const auto destination = open_destination(store, place, registries);
    if (!destination->rules().takes_indexes) throw Error("{} cannot hold a manifest list", destination->name());
    oci::Index index = index_;
    if (options.format == layers::Flavour::docker) index.media_type = layers::media_type::docker_index;
    std::vector<Descriptor> members;
    if (all) {
        for (const Descriptor& member : index_.manifests) {
            members.push_back(push_member(store, member, *destination, options, registries));
            for (const layers::Compression compression : added_compressions)
                if (auto other = push_packed_otherwise(store, member, *destination, options, compression, registries))
                    members.push_back(*std::move(other));
        }
        index.manifests = members;
    }
    const RawManifest raw{oci::write_index(index), index.media_type};
    destination->commit(raw);
    return raw.descriptor();
}

}  // namespace builder
