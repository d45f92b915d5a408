// An additional image store for containers-storage: a folder in which Podman, Buildah, skopeo and CRI-O find the images
// of this program's store, with links to its layers in place of copies. docs/podman.md.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "registry/podman/published_layer.hpp"
#include "runtime/sys/file_lock.hpp"

namespace registry {

struct PublishedImage {
    std::string id;      ///< 64 hex digits
    std::string digest;  ///< of its manifest
    std::string layer;   ///< the ID of the topmost one; empty where there is none
    std::string created;
    std::vector<std::string> names;
    std::map<std::string, std::string> data;  ///< manifests and the configuration, by their keys
};

/// Writes the tar-split of a layer to a path. Throws Error where there is none.
using TarSplitMaker = std::function<void(const PublishedLayer& layer, const std::string& path)>;

/// Readers look at it at any time. They never see half of it: what an image needs is there before the image is, and the
/// two tables are replaced as a whole. What a killed process left is completed by the next show().
class PublishedStore {
public:
    explicit PublishedStore(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const noexcept { return folder_; }
    /// Whether there is one: its folder exists.
    bool is_there() const noexcept;
    /// Makes an empty one, as readers want it. Throws Error.
    void make() const;

    /// One process changes it at a time.
    runtime::FileLock lock() const;

    struct Shown {
        std::map<std::string, std::string> without_tar;  ///< new layers that cannot be copied out, and why
    };
    /// Makes it show these images, and none else. Layers of before stay. Under lock(). Throws Error.
    Shown show(const std::vector<PublishedLayer>& layers, const std::vector<PublishedImage>& images,
               const TarSplitMaker& make_tar_split);

    /// The layers that it has, by their IDs: paths of their files.
    std::map<std::string, std::string> layer_folders() const;
    /// Of the given layers, with all below them.
    std::set<std::string> with_those_below(const std::set<std::string>& ids) const;
    /// Takes all layers out but the ones that `choose_kept` gives, which is called while no reader looks. False, and
    /// nothing is changed, where one does. Under lock(). Throws Error.
    bool keep_only(const std::function<std::set<std::string>()>& choose_kept);

private:
    using Table = std::map<std::string, nlohmann::json>;

    Table read_layers() const;
    Table layers_from_folders() const;
    void write_layers(const Table& table) const;
    void write_images(const std::vector<PublishedImage>& images) const;
    bool was_made_in_this_boot() const;
    bool has_files(const PublishedLayer& layer) const;
    void make_layer(const PublishedLayer& layer) const;
    void make_image(const PublishedImage& image) const;
    void make_tar_splits(const std::vector<const PublishedLayer*>& layers, const TarSplitMaker& make,
                         Shown& shown) const;
    void remove_layer(const std::string& id) const;
    void remove_images_but(const std::vector<PublishedImage>& images) const;
    std::string layer_path(const std::string& id) const { return folder_ + "/overlay/" + id; }
    std::string link_path(const std::string& id) const { return folder_ + "/overlay/l/" + published_link(folder_, id); }
    std::string tar_split_path(const std::string& id) const {
        return folder_ + "/overlay-layers/" + id + ".tar-split.gz";
    }

    std::string folder_;
};

}  // namespace registry
