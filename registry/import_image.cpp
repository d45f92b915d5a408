#include "registry/import_image.hpp"

#include <fcntl.h>

#include <array>
#include <memory>

#include "layers/compression.hpp"
#include "layers/layer_reader.hpp"
#include "layers/oci/image_config.hpp"
#include "layers/verifying_source.hpp"
#include "overlay/layered_view.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::Digest;
using runtime::Error;
using runtime::quoted;
namespace oci = layers::oci;

constexpr auto trusted = overlay::MarkNamespace::trusted;

/// Passes bytes on and hands a copy of them to a sink.
class CopyingSource final : public runtime::Source {
public:
    CopyingSource(runtime::Source& source, runtime::Sink& copy, const runtime::StopSource& stop)
        : source_(source), copy_(copy), stop_(stop) {}
    std::size_t read(std::span<std::byte> buffer) override {
        stop_.throw_if_stopped();
        const std::size_t count = source_.read(buffer);
        if (count > 0) copy_.write(runtime::Bytes(buffer).first(count));
        return count;
    }

private:
    runtime::Source& source_;
    runtime::Sink& copy_;
    const runtime::StopSource& stop_;
};

layers::Compression compression_of(const oci::Descriptor& layer) {
    const auto type = layers::media_type::parse_layer(layer.media_type);
    if (!type) throw Error("{} is not the media type of a layer", quoted(layer.media_type));
    if (type->is_foreign)
        throw Error("the layer {} may not be given away by registries ({})", layer.digest_text, layer.media_type)
            .with_hint("images with such layers, mostly of Windows, cannot be used");
    return type->compression;
}

class Import {
public:
    Import(ImageSource& source, layers::Store& store, const runtime::StopSource& stop)
        : source_(source), store_(store), stop_(stop) {}
    layers::ImageRecord run(const layers::Platform& platform);

private:
    void take_layer(const oci::Descriptor& descriptor, const Digest& diff_id);
    layers::ApplyOptions apply_options() const;

    ImageSource& source_;
    layers::Store& store_;
    const runtime::StopSource& stop_;
    std::vector<std::string> folders_;  ///< of the layers so far, topmost first
};

/// Folders that a layer mentions only on the way to others look like those of the layers below.
layers::ApplyOptions Import::apply_options() const {
    layers::ApplyOptions options;
    options.marks = trusted;
    auto below = std::make_shared<overlay::LayeredView>(folders_, trusted);
    options.lower_folder = [below](const std::string& path) -> std::optional<struct stat> {
        const auto entry = below->find(path, false);
        if (!entry || !entry->is_folder()) return std::nullopt;
        return entry->status;
    };
    return options;
}

void Import::take_layer(const oci::Descriptor& descriptor, const Digest& diff_id) {
    if (const auto known = store_.find_layer(diff_id)) {
        folders_.insert(folders_.begin(), known->folder);
        return;
    }
    const layers::Compression compression = compression_of(descriptor);
    layers::StagedLayer staged = store_.staging().new_layer();
    const std::string blob_path = store_.staging().new_path();
    layers::DigestingSink tar_digest;
    {
        const std::unique_ptr<runtime::Source> blob = source_.open_blob(descriptor);
        runtime::FileSink kept(runtime::open_path(blob_path, O_WRONLY | O_CREAT | O_EXCL, 0600), blob_path);
        CopyingSource copied(*blob, kept, stop_);
        const std::unique_ptr<runtime::Source> tar = layers::make_decompressor(compression, copied);
        CopyingSource hashed(*tar, tar_digest, stop_);
        layers::apply_layer(hashed, staged.diff(), apply_options());
        // What stands behind the end of the packed stream belongs to the blob too, and to its digest.
        std::array<std::byte, 4096> rest;
        while (copied.read(rest) > 0) {
        }
    }
    const auto tar_bytes = static_cast<std::int64_t>(tar_digest.size_bytes());
    const Digest found = tar_digest.finish();
    if (found != diff_id)
        throw Error("a layer of {} unpacks to the digest {}, but the image's configuration says {}", source_.name(),
                    found.text(), diff_id.text())
            .with_hint("the image is damaged or was tampered with; get it again from where it came");
    staged.finish();
    const std::string folder = store_.adopt_layer(staged);
    store_.record_layer(folder, diff_id, tar_bytes, {});
    store_.add_blob(blob_path, {descriptor.digest(), static_cast<std::int64_t>(descriptor.size), diff_id});
    folders_.insert(folders_.begin(), folder);
}

layers::ImageRecord Import::run(const layers::Platform& platform) {
    const RawManifest raw = choose_manifest(source_, platform);
    const oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
    const std::string config_text = read_config(source_, manifest);
    const oci::ImageConfig config = oci::parse_image_config(config_text);
    if (config.diff_ids.size() != manifest.layers.size())
        throw Error("the manifest of {} has {} layers, its configuration {}", source_.name(), manifest.layers.size(),
                    config.diff_ids.size());
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        try {
            take_layer(manifest.layers[i], config.diff_ids[i]);
        } catch (Error& error) {
            error.add_context("layer {} of {}", i + 1, source_.name());
            throw;
        }
    }
    return store_.put_image({config_text, raw.text, raw.media_type, config.created, config.diff_ids, {}});
}

}  // namespace

layers::ImageRecord import_image(ImageSource& source, layers::Store& store, const layers::Platform& platform,
                                 const runtime::StopSource& stop) {
    return Import(source, store, stop).run(platform);
}

}  // namespace registry
