#include "registry/import_image.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <map>
#include <memory>

#include "layers/compression.hpp"
#include "layers/layer_reader.hpp"
#include "layers/oci/image_config.hpp"
#include "layers/verifying_source.hpp"
#include "overlay/layered_view.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/worker_pool.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::Digest;
using runtime::Error;
using runtime::quoted;
namespace oci = layers::oci;

/// Thrown in a layer where another one has failed: that one's error is the one to report.
struct AnotherFailed {};

/// Passes bytes on and hands a copy of them to a sink, as long as nothing has failed.
class CopyingSource final : public runtime::Source {
public:
    CopyingSource(runtime::Source& source, runtime::Sink& copy, const runtime::StopSource& stop,
                  const std::atomic<bool>& has_failed)
        : source_(source), copy_(copy), stop_(stop), has_failed_(has_failed) {}
    std::size_t read(std::span<std::byte> buffer) override {
        stop_.throw_if_stopped();
        if (has_failed_) throw AnotherFailed{};
        const std::size_t count = source_.read(buffer);
        if (count > 0) copy_.write(runtime::Bytes(buffer).first(count));
        return count;
    }

private:
    runtime::Source& source_;
    runtime::Sink& copy_;
    const runtime::StopSource& stop_;
    const std::atomic<bool>& has_failed_;
};

/// A file that is removed, unless somebody has moved it away.
struct StagedFile {
    explicit StagedFile(std::string file_path) : path(std::move(file_path)) {}
    ~StagedFile() { ::unlink(path.c_str()); }
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    const std::string path;
};

layers::Compression compression_of(const oci::Descriptor& layer) {
    const auto type = layers::media_type::parse_layer(layer.media_type);
    if (!type) throw Error("{} is not the media type of a layer", quoted(layer.media_type));
    if (type->is_foreign)
        throw Error("the layer {} may not be given away by registries ({})", layer.digest_text, layer.media_type)
            .with_hint("images with such layers, mostly of Windows, cannot be used");
    return type->compression;
}

/// What a layer is fetched with.
struct LayerFetch {
    ImageSource& source;
    layers::Store& store;
    const runtime::StopSource& stop;
    const std::atomic<bool>& has_failed;
};

/// Downloads, verifies, unpacks and keeps a layer in one pass.
layers::LayerRecord fetch_layer(const LayerFetch& fetch, const oci::Descriptor& descriptor, const Digest& diff_id,
                                const layers::ApplyOptions& options) {
    layers::Store& store = fetch.store;
    const layers::Compression compression = compression_of(descriptor);
    layers::StagedLayer staged = store.staging().new_layer();
    const StagedFile blob_file(store.staging().new_path());
    layers::DigestingSink tar_digest;
    {
        const std::unique_ptr<runtime::Source> blob = fetch.source.open_blob(descriptor);
        runtime::FileSink kept(runtime::open_path(blob_file.path, O_WRONLY | O_CREAT | O_EXCL, 0600), blob_file.path);
        CopyingSource copied(*blob, kept, fetch.stop, fetch.has_failed);
        const std::unique_ptr<runtime::Source> tar = layers::make_decompressor(compression, copied);
        CopyingSource hashed(*tar, tar_digest, fetch.stop, fetch.has_failed);
        layers::apply_layer(hashed, staged.diff(), options);
        // What stands behind the end of the packed stream belongs to the blob too, and to its digest.
        std::array<std::byte, 4096> rest;
        while (copied.read(rest) > 0) {
        }
    }
    const auto tar_bytes = static_cast<std::int64_t>(tar_digest.size_bytes());
    const Digest found = tar_digest.finish();
    if (found != diff_id)
        throw Error("a layer of {} unpacks to the digest {}, but the image's configuration says {}",
                    fetch.source.name(), found.text(), diff_id.text())
            .with_hint("the image is damaged or was tampered with; get it again from where it came");
    staged.finish();
    const std::string folder = store.adopt_layer(staged);
    layers::LayerRecord record = store.record_layer(folder, diff_id, tar_bytes, {});
    store.add_blob(blob_file.path, {descriptor.digest(), static_cast<std::int64_t>(descriptor.size), diff_id});
    return record;
}

/// Folders that a layer mentions only on the way to others look like those of the layers below, whose folders the
/// function gives, topmost first; it is asked once, and only where there are such folders.
layers::ApplyOptions apply_options(std::function<std::vector<std::string>()> folders_below) {
    layers::ApplyOptions options;
    options.marks = overlay::store_marks();
    // Nobody but root can make them, and in a container nothing can be opened through them.
    options.skip_devices = overlay::has_user_marks();
    auto below = std::make_shared<std::optional<overlay::LayeredView>>();
    options.lower_folder =
        [ below, folders = std::move(folders_below) ](const std::string& path) -> std::optional<struct stat> {
        if (!*below) below->emplace(folders(), overlay::store_marks());
        const auto entry = (*below)->find(path, false);
        if (!entry || !entry->is_folder()) return std::nullopt;
        return entry->status;
    };
    return options;
}

class Import {
public:
    Import(ImageSource& source, layers::Store& store, const runtime::StopSource& stop)
        : source_(source), store_(store), stop_(stop) {}
    layers::ImageRecord run(const layers::Platform& platform);

private:
    void take_layers(const oci::Manifest& manifest, const std::vector<Digest>& diff_ids);
    std::string take_layer(const oci::Descriptor& descriptor, const Digest& diff_id, std::size_t position);
    const std::string& folder_of(std::size_t position) const;
    void note_places(const oci::Manifest& manifest);

    ImageSource& source_;
    layers::Store& store_;
    const runtime::StopSource& stop_;
    std::vector<std::shared_future<std::string>> folders_;  ///< of the layers, bottom first
    std::atomic<bool> has_failed_{false};
};

/// Waits for a layer below. It was begun earlier, so that nobody waits for ever.
const std::string& Import::folder_of(std::size_t position) const {
    try {
        return folders_[position].get();
    } catch (...) {
        throw AnotherFailed{};
    }
}

std::string Import::take_layer(const oci::Descriptor& descriptor, const Digest& diff_id, std::size_t position) {
    if (const auto known = store_.find_layer(diff_id)) {
        runtime::log_debug("layer {} of {} is here: {}", position + 1, source_.name(), known->folder);
        return known->folder;
    }
    runtime::log_debug("layer {} of {} is fetched: {}, {} bytes", position + 1, source_.name(), descriptor.digest_text,
                       descriptor.size);
    if (has_failed_) throw AnotherFailed{};
    try {
        const auto folders_below = [this, position] {
            std::vector<std::string> topmost_first;
            for (std::size_t i = position; i > 0; --i) topmost_first.push_back(folder_of(i - 1));
            return topmost_first;
        };
        return fetch_layer({source_, store_, stop_, has_failed_}, descriptor, diff_id, apply_options(folders_below))
            .folder;
    } catch (Error& error) {
        has_failed_ = true;
        error.add_context("layer {} of {}", position + 1, source_.name());
        throw;
    } catch (...) {
        has_failed_ = true;
        throw;
    }
}

/// As many at a time as the place allows, begun from the bottom. The first failure is the one that is reported.
void Import::take_layers(const oci::Manifest& manifest, const std::vector<Digest>& diff_ids) {
    const unsigned parallel = std::max(1U, source_.parallel_blobs());
    runtime::WorkerPool workers(std::min<unsigned>(parallel, static_cast<unsigned>(diff_ids.size())));
    folders_.reserve(diff_ids.size());  // tasks read it while it grows
    std::map<Digest, std::size_t> first_of;
    for (std::size_t i = 0; i < diff_ids.size(); ++i) {
        const auto [same, is_new] = first_of.emplace(diff_ids[i], i);
        if (!is_new)
            folders_.push_back(folders_[same->second]);
        else
            folders_.push_back(
                workers
                    .submit([this, &manifest, &diff_ids, i] { return take_layer(manifest.layers[i], diff_ids[i], i); })
                    .share());
    }
    std::exception_ptr failure;
    bool was_cut_short = false;
    for (const auto& folder : folders_) {
        try {
            static_cast<void>(folder.get());
        } catch (const AnotherFailed&) {
            was_cut_short = true;
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
    if (was_cut_short) throw Error("a layer of {} is missing", source_.name());
}

/// Where the blobs lie, so that a push to the same registry can take them from there.
void Import::note_places(const oci::Manifest& manifest) {
    const auto place = source_.place();
    if (!place) return;
    store_.in_transaction([&] {
        for (const oci::Descriptor& layer : manifest.layers)
            store_.note_blob_location(layer.digest(), place->host, place->repository);
    });
}

layers::ImageRecord Import::run(const layers::Platform& platform) {
    const RawManifest raw = choose_manifest(source_, platform);
    const oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
    // The same manifest again: all of it is here.
    if (auto known = store_.find_image(manifest.config.digest()); known && known->manifest == raw.text)
        return *std::move(known);
    const std::string config_text = read_config(source_, manifest);
    const oci::ImageConfig config = oci::parse_image_config(config_text);
    if (config.diff_ids.size() != manifest.layers.size())
        throw Error("the manifest of {} has {} layers, its configuration {}", source_.name(), manifest.layers.size(),
                    config.diff_ids.size());
    take_layers(manifest, config.diff_ids);
    note_places(manifest);
    return store_.put_image({config_text, raw.text, raw.media_type, config.created, config.diff_ids, {}});
}

}  // namespace

layers::LayerRecord import_layer(ImageSource& source, layers::Store& store, const oci::Descriptor& descriptor,
                                 const Digest& diff_id, const std::vector<std::string>& folders_below,
                                 const runtime::StopSource& stop) {
    if (auto known = store.find_layer(diff_id)) return *std::move(known);
    const std::atomic<bool> never_fails{false};
    return fetch_layer({source, store, stop, never_fails}, descriptor, diff_id,
                       apply_options([&folders_below] { return folders_below; }));
}

layers::ImageRecord import_image(ImageSource& source, layers::Store& store, const layers::Platform& platform,
                                 const runtime::StopSource& stop) {
    return Import(source, store, stop).run(platform);
}

}  // namespace registry
