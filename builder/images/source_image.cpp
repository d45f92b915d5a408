#include "builder/images/source_image.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "builder/images/transfer.hpp"
#include "layers/compression.hpp"
#include "layers/layer_writer.hpp"
#include "layers/media_type.hpp"
#include "layers/oci/index.hpp"
#include "layers/oci/manifest.hpp"
#include "layers/tar_writer.hpp"
#include "registry/copy_image.hpp"
#include "registry/transport/local_transports.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/file_lock.hpp"
#include "runtime/sys/output_file.hpp"
#include "runtime/sys/umask.hpp"

namespace builder {
namespace {

using registry::ImageLocation;
using registry::RawManifest;
using runtime::Error;
using runtime::Fd;
using runtime::quoted;
namespace oci = layers::oci;

constexpr const char* config_type = "application/vnd.oci.source.image.config.v1+json";

ImageLocation location_of(const std::string& path) {
    return {registry::Transport::oci_folder, path, ""};
}

void refuse_existing(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0)
        throw Error("cannot make a source image at {}: there is something already", quoted(path));
}

/// A wrong path is not made.
void require_parent(const std::string& path) {
    const std::size_t slash = path.find_last_not_of('/') == std::string::npos
                                  ? std::string::npos
                                  : path.rfind('/', path.find_last_not_of('/'));
    if (slash == std::string::npos || slash == 0) return;
    const std::string parent = path.substr(0, slash);
    struct stat status {};
    if (::stat(parent.c_str(), &status) != 0) throw runtime::SystemError("lstat {}", parent);
}

oci::Manifest parse_source_manifest(const RawManifest& raw, const std::string& name) {
    if (!raw.is_index()) {
        oci::Manifest manifest = oci::parse_manifest(raw.text, raw.media_type);
        if (manifest.config.media_type == config_type) return manifest;
    }
    throw Error("{} is no image of sources", name).with_hint("builder source create makes one");
}

/// A file under its own name, or what is in a folder.
void write_tar(const std::string& artifact, runtime::Sink& out) {
    const Fd file = runtime::open_path(artifact, O_RDONLY);
    const struct stat status = runtime::stat_of(file);
    if (S_ISDIR(status.st_mode)) {
        layers::LayerWriteOptions options;
        options.marks = overlay::MarkNamespace::trusted;
        layers::write_layer_tar(file, out, options);
        return;
    }
    if (!S_ISREG(status.st_mode)) throw Error("{} is neither a file nor a folder", quoted(artifact));
    layers::TarWriter tar(out);
    layers::TarEntry entry;
    entry.path = artifact.substr(artifact.rfind('/') + 1);
    entry.mode = status.st_mode & 07777;
    entry.uid = status.st_uid;
    entry.gid = status.st_gid;
    entry.size = static_cast<std::uint64_t>(status.st_size);
    entry.mtime = status.st_mtim;
    tar.begin(entry);
    runtime::FileSource content(file.duplicate(), artifact);
    runtime::FunctionSink into([&tar](runtime::Bytes bytes) { tar.write(bytes); });
    runtime::copy_all(content, into);
    tar.finish();
}

oci::Descriptor put_artifact(const std::string& artifact, registry::ImageDestination& destination) {
    const auto blob = destination.new_blob();
    const auto packed = layers::make_compressor(layers::Compression::gzip, layers::default_level, *blob, 1);
    write_tar(artifact, *packed);
    packed->finish();
    const registry::BlobInfo info = blob->finish();
    return oci::make_descriptor(layers::media_type::layer({layers::Compression::gzip, false, layers::Flavour::oci}),
                                info.digest, info.size_bytes);
}

}  // namespace

void create_source_image(const std::string& path, const NewSourceImage& image, const runtime::StopSource& stop) {
    require_parent(path);
    refuse_existing(path);
    nlohmann::json config = nlohmann::json::object();
    if (!image.author.empty()) config["author"] = image.author;
    if (!image.created.empty()) config["created"] = image.created;
    const std::string text = runtime::write_json(config);
    oci::Manifest manifest;
    manifest.config = oci::make_descriptor(config_type, layers::Digest::of(text), text.size());
    const auto destination = registry::make_local_destination(location_of(path), stop);
    runtime::MemorySource content(text);
    destination->put_blob(content, manifest.config);
    destination->commit({oci::write_manifest(manifest), manifest.media_type});
}

void add_to_source_image(const std::string& path, const std::string& artifact,
                         const std::map<std::string, std::string>& annotations, const runtime::StopSource& stop) {
    const Fd folder = runtime::open_path(path, O_RDONLY | O_DIRECTORY);
    runtime::lock_or_stop(folder, LOCK_EX, stop, quoted(path));
    const RawManifest before = registry::open_local_source(location_of(path))->manifest();
    oci::Manifest manifest = parse_source_manifest(before, quoted(path));
    const auto destination = registry::make_local_destination(location_of(path), stop);
    oci::Descriptor layer = put_artifact(artifact, *destination);
    layer.annotations = annotations;
    manifest.layers.push_back(std::move(layer));
    const RawManifest after{oci::write_manifest(manifest), manifest.media_type};
    destination->put_manifest(after);
    // The one manifest takes the other's place at once; beside it there would be two images.
    oci::Index index;
    index.manifests.push_back(after.descriptor());
    runtime::replace_own_file(path + "/index.json", oci::write_index(index), runtime::output_mode(0644));
    ::unlink((path + "/blobs/sha256/" + std::string(before.digest().hex())).c_str());
}

layers::Digest pull_source_image(layers::Store& store, const std::string& place, const std::string& path,
                                 registry::Registries& registries) {
    refuse_existing(path);
    const auto source = open_source(place, registries);
    const RawManifest raw = source->manifest();
    static_cast<void>(parse_source_manifest(raw, source->name()));
    const auto destination = registry::make_local_destination(location_of(path), registries.stop());
    registry::copy_members(*source, *destination, raw, store, registries.stop());
    destination->commit(raw);
    return raw.digest();
}

layers::Digest push_source_image(layers::Store& store, const std::string& path, const std::string& place,
                                 registry::Registries& registries) {
    const auto source = registry::open_local_source(location_of(path));
    const RawManifest raw = source->manifest();
    static_cast<void>(parse_source_manifest(raw, quoted(path)));
    const auto destination = open_destination(store, place, registries);
    registry::copy_members(*source, *destination, raw, store, registries.stop());
    destination->commit(raw);
    return raw.digest();
}

std::string describe_source_image(const std::string& path) {
    const auto source = registry::open_local_source(location_of(path));
    const RawManifest raw = source->manifest();
    const oci::Manifest manifest = parse_source_manifest(raw, quoted(path));
    nlohmann::ordered_json document = {
        {"digest", raw.digest().text()},
        {"manifest", nlohmann::ordered_json::parse(raw.text)},
        {"config", nlohmann::ordered_json::parse(registry::read_config(*source, manifest))}};
    return document.dump(4) + "\n";
}

}  // namespace builder
