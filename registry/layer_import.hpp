// One layer from a place into the store.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "layers/store/store.hpp"
#include "registry/transport/transport.hpp"
#include "runtime/sys/stop.hpp"

namespace registry {

/// Thrown in a layer where another one has failed: that one's error is the one to report.
struct AnotherFailed {};

class LayerImport {
public:
    /// The flag says that another layer has failed. All references outlive it.
    LayerImport(ImageSource& source, layers::Store& store, const runtime::StopSource& stop,
                const std::atomic<bool>& has_failed)
        : source_(source), store_(store), stop_(stop), has_failed_(has_failed) {}

    /// Gives the folders of the layers below, topmost first; it may wait for them.
    using FoldersBelow = std::function<std::vector<std::string>()>;

    /// The layer above those. What the store has is taken where it was verified that this blob unpacks to this diff ID;
    /// else the blob is read. Folders that the layer uses without describing them look as in the layers below: a layer
    /// of the store counts only where they do.
    layers::LayerRecord take(const layers::oci::Descriptor& descriptor, const layers::Digest& diff_id,
                             const FoldersBelow& folders_below);

private:
    class Below;
    std::int64_t read_blob(const layers::oci::Descriptor& descriptor, const layers::Digest& diff_id,
                           const std::string& kept_path, const std::function<void(runtime::Source&)>& use_tar);
    void verify(const layers::oci::Descriptor& descriptor, const layers::LayerRecord& known);
    layers::LayerRecord fetch(const layers::oci::Descriptor& descriptor, const layers::Digest& diff_id, Below& below);

    ImageSource& source_;
    layers::Store& store_;
    const runtime::StopSource& stop_;
    const std::atomic<bool>& has_failed_;
};

}  // namespace registry
