#include "layers/store/original_tar.hpp"

#include <unistd.h>

#include <array>

#include "layers/compression.hpp"
#include "layers/store/layer_tar.hpp"
#include "layers/verifying_source.hpp"
#include "runtime/sys/file.hpp"

namespace layers {
namespace {

/// Empty where the store has none.
std::string path_of_blob(Blobs& blobs, const LayerRecord& layer) {
    for (const BlobRecord& blob : blobs.of_layer(layer.diff_id))
        if (std::string path = blobs.path(blob.digest); ::access(path.c_str(), R_OK) == 0) return path;
    return "";
}

Compression compression_of(const std::string& path) {
    runtime::FileSource file(runtime::open_path(path, O_RDONLY | O_NOFOLLOW), path);
    std::array<std::byte, 16> beginning{};
    return detect_compression(runtime::Bytes(beginning).first(file.read(beginning)));
}

}  // namespace

void write_original_tar(Blobs& blobs, const LayerRecord& layer, runtime::Sink& out) {
    const std::string path = path_of_blob(blobs, layer);
    if (path.empty()) return write_stored_layer(layer, out);
    runtime::FileSource blob(runtime::open_path(path, O_RDONLY | O_NOFOLLOW), path);
    const auto tar = make_decompressor(compression_of(path), blob, TrailingBytes::ignored);
    DigestingSink digest(&out);
    runtime::copy_all(*tar, digest);
    check_layer_digest(layer, digest.finish());
}

}  // namespace layers
