// The files of an image or a working container as a stack of layers, each with what is known of it: what questions
// about files stand on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "builder/containers/working_container.hpp"
#include "layers/oci/image_config.hpp"
#include "layers/store/store.hpp"
#include "overlay/layered_view.hpp"

namespace builder {

struct StackedLayer {
    std::string folder;                                    ///< absolute; the files
    std::optional<layers::Digest> diff_id = std::nullopt;  ///< nothing: what a container wrote and nobody committed
    std::int64_t tar_bytes = 0;
    std::optional<std::size_t> history = std::nullopt;  ///< place of the entry that made it
};

struct FileStack {
    std::string name;  ///< as it was asked for
    layers::oci::ImageConfig config;
    std::vector<StackedLayer> layers;                ///< bottom first
    std::optional<layers::ImageRecord> image = {};   ///< what it is, or what a container was made from
    std::shared_ptr<const WorkingContainer> keeper;  ///< keeps a container from being sealed meanwhile

    /// The layers as one tree. `MergedEntry::layer` counts from the top there.
    overlay::LayeredView view() const;
    /// Of such an entry, the layer.
    const StackedLayer& layer_of(const overlay::MergedEntry& entry) const {
        return layers[layers.size() - 1 - entry.layer];
    }
};

/// An image of the store, or of an additional store, by a name or ID. Throws Error with the nearest names.
layers::ImageRecord require_image(layers::Store& store, const std::string& text);

/// A container of that name or ID, else an image. Throws Error with the nearest names, and where the files of a layer
/// are gone.
FileStack open_stack(layers::Store& store, const std::string& text);
FileStack stack_of_image(layers::Store& store, const layers::ImageRecord& image, const std::string& name);

/// The hint for a path that is not there, without a slash in front: a name like it in the folder where it would be. An
/// empty text where there is none.
std::string nearest_path(const overlay::LayeredView& view, const std::string& path);

/// What a container was made from, as it is without the container's own folder; an image without its topmost layer.
FileStack stack_below(const FileStack& stack);

}  // namespace builder
