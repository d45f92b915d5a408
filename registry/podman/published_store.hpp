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

/// IDs of what is published.
struct PublishedIds {
    std::set<std::string> layers;
    std::set<std::string> images;
};

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
    /// Makes it show these images. What it had besides stays till keep_only(), images without their names. Under
    /// lock(). Throws Error.
    Shown show(const std::vector<PublishedLayer>& layers, const std::vector<PublishedImage>& images,
               const TarSplitMaker& make_tar_split);

    /// The layers that it has, by their IDs: paths of their files.
    std::map<std::string, std::string> layer_folders() const;
    /// All that it has.
    PublishedIds ids() const;
    /// Of the given ones those that it has, with the layers of the images, and all layers below.
    PublishedIds with_those_below(const PublishedIds& some) const;
    /// Takes all out but what `choose_kept` gives, which is called while no reader looks. False, and nothing is
    /// changed, where one does. Under lock(). Throws Error.
    bool keep_only(const std::function<PublishedIds()>& choose_kept);

private:
    using Table = std::map<std::string, nlohmann::json>;

    enum class Kind { layer, image };
    Table read_table(Kind kind) const;
    Table table_from_folders(Kind kind) const;
    void write_table(Kind kind, const Table& table) const;
    void take_out(Kind kind, const std::set<std::string>& kept) const;
    std::string place_of(Kind kind, const std::string& id) const;
    static nlohmann::json entry_of(const PublishedImage& image);
    bool was_made_in_this_boot() const;
    bool has_files(const PublishedLayer& layer) const;
    void make_layer(const PublishedLayer& layer) const;
    void make_image(const PublishedImage& image, const nlohmann::json& entry) const;
    void make_tar_splits(const std::vector<const PublishedLayer*>& layers, const TarSplitMaker& make,
                         Shown& shown) const;
    void sweep() const;
    void remove_layer(const std::string& id) const;
    std::string layer_path(const std::string& id) const { return folder_ + "/overlay/" + id; }
    std::string link_path(const std::string& id) const { return folder_ + "/overlay/l/" + published_link(folder_, id); }
    std::string tar_split_path(const std::string& id) const {
        return folder_ + "/overlay-layers/" + id + ".tar-split.gz";
    }

    std::string folder_;
};

}  // namespace registry
