#include "registry/import_image.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "layers/oci/image_config.hpp"
#include "registry/layer_import.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/worker_pool.hpp"

namespace registry {
namespace {

using layers::Digest;
using layers::LayerRecord;
using runtime::Error;
namespace oci = layers::oci;

class Import {
public:
    Import(ImageSource& source, layers::Store& store, const runtime::StopSource& stop)
        : source_(source), store_(store), stop_(stop) {}
    layers::ImageRecord run(const layers::Platform& platform);

private:
    std::vector<LayerRecord> take_layers(const oci::Manifest& manifest, const std::vector<Digest>& diff_ids);
    LayerRecord take_layer(const oci::Descriptor& descriptor, const Digest& diff_id, std::size_t position);
    const LayerRecord& layer_at(std::size_t position) const;
    void note_places(const oci::Manifest& manifest);

    ImageSource& source_;
    layers::Store& store_;
    const runtime::StopSource& stop_;
    std::vector<std::shared_future<LayerRecord>> layers_;  ///< bottom first
    std::atomic<bool> has_failed_{false};
};

/// Waits for a layer below. It was begun earlier, so that nobody waits for ever.
const LayerRecord& Import::layer_at(std::size_t position) const {
    try {
        return layers_[position].get();
    } catch (...) {
        throw AnotherFailed{};
    }
}

LayerRecord Import::take_layer(const oci::Descriptor& descriptor, const Digest& diff_id, std::size_t position) {
    if (has_failed_) throw AnotherFailed{};
    const auto folders_below = [this, position] {
        std::vector<std::string> topmost_first;
        for (std::size_t i = position; i > 0; --i) topmost_first.push_back(layer_at(i - 1).folder);
        return topmost_first;
    };
    try {
        return LayerImport(source_, store_, stop_, has_failed_).take(descriptor, diff_id, folders_below);
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
std::vector<LayerRecord> Import::take_layers(const oci::Manifest& manifest, const std::vector<Digest>& diff_ids) {
    const unsigned parallel = std::max(1U, source_.parallel_blobs());
    runtime::WorkerPool workers(std::min<unsigned>(parallel, static_cast<unsigned>(diff_ids.size())));
    layers_.reserve(diff_ids.size());  // tasks read it while it grows
    std::map<Digest, std::size_t> last_of;
    for (std::size_t i = 0; i < diff_ids.size(); ++i) {
        // The same layer again is found in the store once the one below is there.
        const auto [same, is_new] = last_of.emplace(diff_ids[i], i);
        const std::optional<std::size_t> earlier =
            is_new ? std::nullopt : std::optional(std::exchange(same->second, i));
        layers_.push_back(workers
                              .submit([this, &manifest, &diff_ids, i, earlier] {
                                  if (earlier) layers_[*earlier].wait();
                                  return take_layer(manifest.layers[i], diff_ids[i], i);
                              })
                              .share());
    }
    std::vector<LayerRecord> taken;
    std::exception_ptr failure;
    bool was_cut_short = false;
    for (const auto& layer : layers_) {
        try {
            taken.push_back(layer.get());
        } catch (const AnotherFailed&) {
            was_cut_short = true;
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
    if (was_cut_short) throw Error("a layer of {} is missing", source_.name());
    return taken;
}

/// Where the blobs lie, so that a push to the same registry can take them from there.
void Import::note_places(const oci::Manifest& manifest) {
    const auto place = source_.place();
    if (!place) return;
    store_.transactions().run([&] {
        for (const oci::Descriptor& layer : manifest.layers)
            store_.registry_notes().note_blob_location(layer.digest(), place->host, place->repository);
    });
}

layers::ImageRecord Import::run(const layers::Platform& platform) {
    const RawManifest raw = choose_manifest(source_, platform);
    const oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
    // The same manifest again, and all of it is here.
    if (auto known = store_.images().find(manifest.config.digest());
        known && known->manifest == raw.text && is_whole(store_, *known))
        return *std::move(known);
    const std::string config_text = read_config(source_, manifest);
    const oci::ImageConfig config = oci::parse_image_config(config_text);
    if (config.diff_ids.size() != manifest.layers.size())
        throw Error("the manifest of {} has {} layers, its configuration {}", source_.name(), manifest.layers.size(),
                    config.diff_ids.size());
    std::vector<LayerRecord> layers = take_layers(manifest, config.diff_ids);
    note_places(manifest);
    return store_.images().put({.config = config_text,
                                .manifest = raw.text,
                                .media_type = raw.media_type,
                                .created = config.created,
                                .layers = std::move(layers),
                                .names = {},
                                .is_foreign = true});
}

}  // namespace

bool is_whole(layers::Store& store, const layers::ImageRecord& image) {
    std::set<std::string> plain;
    for (const LayerRecord& layer : store.layers().of_image(image.id)) {
        if (!layer.is_there()) return false;
        plain.insert(layer.diff_id.text());
    }
    const oci::Manifest manifest = oci::parse_manifest(image.manifest, image.media_type);
    return std::all_of(manifest.layers.begin(), manifest.layers.end(), [&](const oci::Descriptor& layer) {
        return plain.contains(layer.digest_text) || store.blobs().find(layer.digest());
    });
}

layers::LayerRecord import_layer(ImageSource& source, layers::Store& store, const oci::Descriptor& descriptor,
                                 const Digest& diff_id, const std::vector<std::string>& folders_below,
                                 const runtime::StopSource& stop) {
    const std::atomic<bool> never_fails{false};
    return LayerImport(source, store, stop, never_fails).take(descriptor, diff_id, [&folders_below] {
        return folders_below;
    });
}

layers::ImageRecord import_image(ImageSource& source, layers::Store& store, const layers::Platform& platform,
                                 const runtime::StopSource& stop) {
    return Import(source, store, stop).run(platform);
}

}  // namespace registry
