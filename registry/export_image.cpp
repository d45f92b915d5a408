#include "registry/export_image.hpp"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "layers/oci/image_config.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/verifying_source.hpp"
#include "registry/encryption/encrypted_layers.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/worker_pool.hpp"
#include "runtime/sys/file.hpp"

namespace registry {
namespace {

using layers::Compression;
using layers::Digest;
using runtime::Error;
namespace oci = layers::oci;
namespace media_type = layers::media_type;

/// Thrown in a layer where another one has failed: that one's error is the one to report.
struct AnotherFailed {};

class StoppableSink final : public runtime::Sink {
public:
    StoppableSink(runtime::Sink& out, const runtime::StopSource& stop, const std::atomic<bool>& has_failed)
        : out_(out), stop_(stop), has_failed_(has_failed) {}
    void write(runtime::Bytes bytes) override {
        stop_.throw_if_stopped();
        if (has_failed_) throw AnotherFailed{};
        out_.write(bytes);
    }

private:
    runtime::Sink& out_;
    const runtime::StopSource& stop_;
    const std::atomic<bool>& has_failed_;
};

Compression packing_of(const std::string& path) {
    std::array<std::byte, 16> start{};
    runtime::FileSource file(runtime::open_path(path, O_RDONLY), path);
    static_cast<void>(file.read(start));
    return layers::detect_compression(start);
}

/// What the same layer packed in the same way is known by.
std::string packing_name(Compression compression, int level) {
    return fmt::format("{} {}", layers::compression_name(compression), level);
}

/// Puts layers, one or several at a time.
class LayerExport {
public:
    LayerExport(layers::Store& store, ImageDestination& destination, const ExportOptions& options, unsigned threads,
                const runtime::StopSource& stop)
        : store_(store),
          destination_(destination),
          options_(options),
          stop_(stop),
          rules_(destination.rules()),
          threads_(threads) {}

    /// `before` is how the image's manifest names the layer.
    oci::Descriptor put_layer(const layers::LayerRecord& layer, const oci::Descriptor& before, layers::Flavour flavour);
    /// The same for those that have a key.
    oci::Descriptor put_encrypted(const layers::LayerRecord& layer, const oci::Descriptor& before,
                                  layers::Flavour flavour);
    std::atomic<bool>& has_failed() noexcept { return has_failed_; }

private:
    bool may_be_packed_so(Compression compression) const;
    bool may_stay(const oci::Descriptor& descriptor, const Digest& diff_id) const;
    std::optional<oci::Descriptor> kept_blob(const layers::LayerRecord& layer, layers::Flavour flavour) const;
    oci::Descriptor pack(const layers::LayerRecord& layer, Compression compression, layers::Flavour flavour);
    void write_tar(const layers::LayerRecord& layer, runtime::Sink& sink, bool verified_here);
    void put_stored_blob(const oci::Descriptor& descriptor);
    oci::Descriptor write_packed(const layers::LayerRecord& layer, const oci::Descriptor& before,
                                 layers::Flavour flavour, runtime::Sink& sink);

    layers::Store& store_;
    ImageDestination& destination_;
    const ExportOptions& options_;
    const runtime::StopSource& stop_;
    DestinationRules rules_;
    unsigned threads_;
    std::atomic<bool> has_failed_{false};
};

bool LayerExport::may_be_packed_so(Compression compression) const {
    if (rules_.layer_compression && compression != *rules_.layer_compression) return false;
    const bool wants_other = options_.compression && compression != *options_.compression;
    return !wants_other || !options_.force_compression;
}

/// Whether a layer's blob is in the store as the manifest names it, and packed as it has to be.
bool LayerExport::may_stay(const oci::Descriptor& descriptor, const Digest& diff_id) const {
    const auto type = media_type::parse_layer(descriptor.media_type);
    const auto blob = store_.blobs().find(descriptor.digest());
    return type && blob && blob->diff_id == diff_id && may_be_packed_so(type->compression);
}

/// The layer as it came from elsewhere, as the base of an image that was made here: so it is known there.
std::optional<oci::Descriptor> LayerExport::kept_blob(const layers::LayerRecord& layer, layers::Flavour flavour) const {
    for (const layers::BlobRecord& blob : store_.blobs().of_layer(layer.diff_id)) {
        const Compression compression = packing_of(store_.blobs().path(blob.digest));
        if (compression == Compression::bzip2 || compression == Compression::xz) continue;
        if (may_be_packed_so(compression))
            return oci::make_descriptor(media_type::layer({compression, false, flavour}), blob.digest,
                                        static_cast<std::uint64_t>(blob.size_bytes));
    }
    return std::nullopt;
}

void LayerExport::put_stored_blob(const oci::Descriptor& descriptor) {
    if (destination_.has_blob(descriptor.digest())) return;
    put_till_kept([&] {
        runtime::FileSource file(runtime::open_path(store_.blobs().path(descriptor.digest()), O_RDONLY),
                                 descriptor.digest_text);
        destination_.put_blob(file, descriptor);
    });
}

/// Out of the blob where one was kept: only that gives a layer made elsewhere byte for byte.
void LayerExport::write_tar(const layers::LayerRecord& layer, runtime::Sink& sink, bool verified_here) {
    const std::vector<layers::BlobRecord> blobs = store_.blobs().of_layer(layer.diff_id);
    if (blobs.empty())
        return verified_here ? layers::write_stored_layer(layer, sink) : layers::write_unverified_layer(layer, sink);
    runtime::FileSource file(runtime::open_path(store_.blobs().path(blobs.front().digest), O_RDONLY),
                             blobs.front().digest.text());
    layers::VerifyingSource verified(file, blobs.front().digest, static_cast<std::uint64_t>(blobs.front().size_bytes));
    const auto tar = layers::make_decompressor(packing_of(store_.blobs().path(blobs.front().digest)), verified);
    runtime::copy_all(*tar, sink);
}

oci::Descriptor LayerExport::pack(const layers::LayerRecord& layer, Compression compression, layers::Flavour flavour) {
    const std::string type = media_type::layer({compression, false, flavour});
    if (compression == Compression::none && destination_.has_blob(layer.diff_id))
        return oci::make_descriptor(type, layer.diff_id, static_cast<std::uint64_t>(layer.tar_bytes));
    const std::string packing = packing_name(compression, options_.level);
    if (const auto known = store_.registry_notes().find_packed_layer(layer.diff_id, packing);
        known && destination_.has_blob(known->digest))
        return oci::make_descriptor(type, known->digest, static_cast<std::uint64_t>(known->size_bytes));
    const std::unique_ptr<BlobWriter> blob = destination_.new_blob();
    if (compression == Compression::none) {
        // The blob's digest is the diff ID, so that it need not be computed twice.
        StoppableSink unpacked(*blob, stop_, has_failed_);
        write_tar(layer, unpacked, false);
        const BlobInfo whole = blob->finish();
        layers::check_layer_digest(layer, whole.digest);
        return oci::make_descriptor(type, whole.digest, whole.size_bytes);
    }
    const auto packed = layers::make_compressor(compression, options_.level, *blob, threads_);
    StoppableSink stoppable(*packed, stop_, has_failed_);
    write_tar(layer, stoppable, true);
    packed->finish();
    const BlobInfo info = blob->finish();
    store_.registry_notes().note_packed_layer(layer.diff_id, packing,
                                              {info.digest, static_cast<std::int64_t>(info.size_bytes), layer.diff_id});
    return oci::make_descriptor(type, info.digest, info.size_bytes);
}

oci::Descriptor LayerExport::put_layer(const layers::LayerRecord& layer, const oci::Descriptor& before,
                                       layers::Flavour flavour) {
    if (may_stay(before, layer.diff_id)) {
        runtime::log_debug("the layer {} goes to {} as it came: {}", layer.diff_id.text(), destination_.name(),
                           before.digest_text);
        oci::Descriptor same = before;
        same.media_type = media_type::converted(before.media_type, flavour);
        put_stored_blob(same);
        return same;
    }
    if (const auto kept = kept_blob(layer, flavour)) {
        runtime::log_debug("the layer {} goes to {} as it came elsewhere: {}", layer.diff_id.text(),
                           destination_.name(), kept->digest_text);
        put_stored_blob(*kept);
        return *kept;
    }
    const Compression compression = rules_.layer_compression.value_or(options_.compression.value_or(Compression::gzip));
    oci::Descriptor packed;
    put_till_kept([&] { packed = pack(layer, compression, flavour); });
    runtime::log_debug("the layer {} is {} at {}, {} bytes", layer.diff_id.text(), packed.digest_text,
                       destination_.name(), packed.size);
    return packed;
}

/// Writes what would be the layer's blob, and gives its descriptor; the digest is that of the tar where it is packed
/// here.
oci::Descriptor LayerExport::write_packed(const layers::LayerRecord& layer, const oci::Descriptor& before,
                                          layers::Flavour flavour, runtime::Sink& sink) {
    std::optional<oci::Descriptor> stored;
    if (may_stay(before, layer.diff_id))
        stored = before;
    else
        stored = kept_blob(layer, flavour);
    if (stored) {
        stored->media_type = media_type::converted(stored->media_type, flavour);
        runtime::FileSource file(runtime::open_path(store_.blobs().path(stored->digest()), O_RDONLY),
                                 stored->digest_text);
        runtime::copy_all(file, sink);
        return *stored;
    }
    const Compression compression = rules_.layer_compression.value_or(options_.compression.value_or(Compression::gzip));
    if (compression == Compression::none) {
        write_tar(layer, sink, true);
    } else {
        const auto packed = layers::make_compressor(compression, options_.level, sink, threads_);
        write_tar(layer, *packed, true);
        packed->finish();
    }
    return oci::make_descriptor(media_type::layer({compression, false, flavour}), layer.diff_id,
                                static_cast<std::uint64_t>(layer.tar_bytes));
}

oci::Descriptor LayerExport::put_encrypted(const layers::LayerRecord& layer, const oci::Descriptor& before,
                                           layers::Flavour flavour) {
    const LayerSecret secret = LayerSecret::random();
    oci::Descriptor written;
    put_till_kept([&] {
        const std::unique_ptr<BlobWriter> blob = destination_.new_blob();
        EncryptingSink encrypting(*blob, secret);
        StoppableSink stoppable(encrypting, stop_, has_failed_);
        const oci::Descriptor plain = write_packed(layer, before, flavour, stoppable);
        const std::string hmac = encrypting.finish();
        written = encrypted_descriptor(plain, blob->finish(), secret, hmac, options_.encryption);
    });
    return written;
}

class Export {
public:
    Export(const layers::ImageRecord& image, layers::Store& store, ImageDestination& destination,
           const ExportOptions& options, const runtime::StopSource& stop)
        : image_(image), store_(store), destination_(destination), options_(options), stop_(stop) {}
    oci::Descriptor run();

private:
    std::vector<oci::Descriptor> put_layers(const std::vector<layers::LayerRecord>& layers,
                                            const std::vector<oci::Descriptor>& before, layers::Flavour flavour);
    void put_config(const oci::Descriptor& descriptor);

    const layers::ImageRecord& image_;
    layers::Store& store_;
    ImageDestination& destination_;
    const ExportOptions& options_;
    const runtime::StopSource& stop_;
};

/// As many at a time as the place allows. The first failure is the one that is reported.
std::vector<oci::Descriptor> Export::put_layers(const std::vector<layers::LayerRecord>& layers,
                                                const std::vector<oci::Descriptor>& before, layers::Flavour flavour) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const auto parallel = static_cast<unsigned>(
        std::min<std::size_t>(destination_.rules().parallel_blobs, std::max<std::size_t>(layers.size(), 1)));
    LayerExport layer_export(store_, destination_, options_, std::max(1U, cores / parallel), stop_);
    const std::vector<bool> encrypted = options_.encryption.is_wanted() ? options_.encryption.chosen(layers.size())
                                                                        : std::vector<bool>(layers.size(), false);
    std::vector<std::future<oci::Descriptor>> results;
    std::vector<oci::Descriptor> descriptors;
    std::exception_ptr failure;
    {
        runtime::WorkerPool workers(parallel);
        for (std::size_t i = 0; i < layers.size(); ++i)
            results.push_back(workers.submit([&layer_export, &layers, &before, &encrypted, flavour, i] {
                try {
                    if (layer_export.has_failed()) throw AnotherFailed{};
                    return encrypted[i] ? layer_export.put_encrypted(layers[i], before[i], flavour)
                                        : layer_export.put_layer(layers[i], before[i], flavour);
                } catch (...) {
                    layer_export.has_failed() = true;
                    throw;
                }
            }));
        for (auto& result : results) {
            try {
                descriptors.push_back(result.get());
            } catch (const AnotherFailed&) {
                // The one that failed comes, or has come.
            } catch (...) {
                if (!failure) failure = std::current_exception();
            }
        }
    }
    if (failure) std::rethrow_exception(failure);
    return descriptors;
}

void Export::put_config(const oci::Descriptor& descriptor) {
    if (destination_.has_blob(descriptor.digest())) return;
    runtime::MemorySource config(image_.config);
    destination_.put_blob(config, descriptor);
}

oci::Descriptor Export::run() {
    oci::Manifest manifest = oci::parse_manifest(image_.manifest, image_.media_type);
    const layers::Flavour own = options_.encryption.is_wanted() ? layers::Flavour::oci : manifest.flavour();
    const layers::Flavour flavour = destination_.rules().flavour.value_or(options_.format.value_or(own));
    if (options_.encryption.is_wanted() && flavour == layers::Flavour::docker)
        throw Error(
            "encryption required together with format application/vnd.docker.distribution.manifest.v2+json, which does "
            "not support encryption");
    if (flavour != manifest.flavour()) manifest = oci::converted(std::move(manifest), flavour);
    const std::vector<layers::LayerRecord> layers = store_.layers().of_image(image_.id);
    if (layers.size() != manifest.layers.size())
        throw Error("the store has {} of the {} layers of the image", layers.size(), manifest.layers.size());
    manifest.layers = put_layers(layers, manifest.layers, flavour);
    put_config(manifest.config);
    // The same layers as before: the manifest is the one that came, to the byte.
    const oci::Manifest original = oci::parse_manifest(image_.manifest, image_.media_type);
    RawManifest raw{manifest == original ? image_.manifest : oci::write_manifest(manifest),
                    std::string(media_type::manifest(flavour))};
    destination_.commit(raw);
    return raw.descriptor();
}

}  // namespace

oci::Descriptor export_layer(const layers::LayerRecord& layer, layers::Store& store, ImageDestination& destination,
                             const ExportOptions& options, const runtime::StopSource& stop) {
    const layers::Flavour flavour = destination.rules().flavour.value_or(options.format.value_or(layers::Flavour::oci));
    LayerExport layer_export(store, destination, options, std::max(1U, std::thread::hardware_concurrency()), stop);
    const auto plain = oci::make_descriptor(media_type::layer({Compression::none, false, flavour}), layer.diff_id,
                                            static_cast<std::uint64_t>(layer.tar_bytes));
    return layer_export.put_layer(layer, plain, flavour);
}

oci::Descriptor export_image(const layers::ImageRecord& image, layers::Store& store, ImageDestination& destination,
                             const ExportOptions& options, const runtime::StopSource& stop) {
    try {
        return Export(image, store, destination, options, stop).run();
    } catch (Error& error) {
        error.add_context("cannot write the image to {}", destination.name());
        throw;
    }
}

}  // namespace registry
