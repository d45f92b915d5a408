#include "layers/store/layer_tar.hpp"

#include "layers/verifying_source.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace layers {

LayerWriteOptions write_options(const TimeRule& times) {
    LayerWriteOptions options;
    if (times.clamp_seconds) options.clamp_mtime = timespec{*times.clamp_seconds, 0};
    options.rewrite_all_mtimes = times.clamp_all;
    return options;
}

void write_unverified_layer(const LayerRecord& layer, runtime::Sink& out) {
    const runtime::Fd folder = runtime::open_path(layer.folder, O_RDONLY | O_DIRECTORY);
    write_layer_tar(folder, out, write_options(layer.times));
}

void write_stored_layer(const LayerRecord& layer, runtime::Sink& out) {
    DigestingSink digest(&out);
    write_unverified_layer(layer, digest);
    check_layer_digest(layer, digest.finish());
}

void check_layer_digest(const LayerRecord& layer, const Digest& found) {
    if (found == layer.diff_id) return;
    throw runtime::Error("the layer {} in the store is damaged: its content has the digest {}", layer.diff_id.text(),
                         found.text())
        .with_hint("remove the images that use it and build or pull them again");
}

}  // namespace layers
