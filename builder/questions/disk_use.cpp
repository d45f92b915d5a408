#include "builder/questions/disk_use.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "builder/images/image_family.hpp"
#include "builder/images/prune.hpp"
#include "builder/questions/block_counter.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"

namespace builder {
namespace {

using runtime::Fd;

constexpr std::array kind_names = {
    "shared layers",    "unshared layers", "cached layers", "containers", "packed layers", "downloads", "cache mounts",
    "git repositories", "staging",         "quarantine",    "logs",       "ballast",       "database",  "other"};

std::string last_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

class Measurement {
public:
    explicit Measurement(layers::Store& store) : store_(store) {
        for (const char* const name : kind_names) use_.kinds.push_back({name});
    }

    DiskUse measure() {
        read_plan();
        read_owners();
        const Fd root = runtime::open_path(store_.location().root, O_RDONLY | O_DIRECTORY);
        add("other", "", counter_.count_alone(runtime::stat_of(root)), false);
        for (const runtime::FolderEntry& entry : runtime::list_folder(root)) measure_top(root, entry.name);
        finish();
        return std::move(use_);
    }

private:
    struct Owners {
        std::vector<std::size_t> images;  ///< places in DiskUse::images
        std::size_t containers = 0;       ///< that made a layer of it by a commit
        std::string container;            ///< whose own folder it is
        bool stays = false;               ///< `prune` would leave it
    };

    /// What `prune` would take away besides layers, and the images that go with it.
    void read_plan() {
        for (const layers::Prunable& one : store_.garbage().plan(unwanted_images(store_, false), {}).removed) {
            if (one.kind == layers::Prunable::Kind::image)
                doomed_.insert(one.id);
            else if (one.kind != layers::Prunable::Kind::step)
                use_.prunable_bytes += one.bytes;
        }
    }

    void read_owners() {
        const std::vector<layers::ImageRecord> images = store_.images().list();
        const ImageFamily family(images);
        for (const layers::ImageRecord& image : images) {
            if (family.is_intermediate(image)) continue;  // All that it has, the one that stands on it has too.
            use_.images.push_back({image.id, image.names.empty() ? "" : image.names.front(), 0, 0,
                                   static_cast<std::int64_t>(store_.containers().of_image(image.id).size())});
            for (const layers::LayerRecord& layer : store_.layers().of_image(image.id)) {
                add_image(owners_of(layer.folder), layer, !doomed_.contains(image.id.text()));
            }
        }
        for (const layers::ContainerRecord& container : store_.containers().list()) {
            owners_[last_name(container.folder)].container = container.name;
            volumes_[container.id] = container.name;
            for (const layers::LayerRecord& layer : container.layers) {
                Owners& owners = owners_of(layer.folder);
                ++owners.containers;
                owners.stays = true;
                kept_layers_.insert(layer.diff_id.text());
            }
        }
    }

    void add_image(Owners& owners, const layers::LayerRecord& layer, bool stays) {
        owners.stays = owners.stays || stays;
        if (stays) kept_layers_.insert(layer.diff_id.text());
        // An image may have a layer twice.
        if (owners.images.empty() || owners.images.back() != use_.images.size() - 1)
            owners.images.push_back(use_.images.size() - 1);
    }

    /// By the folder that holds "diff".
    Owners& owners_of(const std::string& diff) {
        const std::string folder = diff.ends_with("/diff") ? diff.substr(0, diff.size() - 5) : diff;
        return owners_[last_name(folder)];
    }

    void measure_top(const Fd& root, const std::string& name) {
        static const std::map<std::string, const char*> kinds = {{"cache-mounts", "cache mounts"},
                                                                 {"git", "git repositories"},
                                                                 {"staging", "staging"},
                                                                 {"quarantine", "quarantine"},
                                                                 {"logs", "logs"},
                                                                 {"builds", "logs"}};
        if (name == "ballast") return add(name, "", counter_.count(root, name), true);
        if (name == "layers")
            return each_in(root, name, [&](const Fd& folder, const std::string& one) {
                add_layer(one, counter_.count(folder, one));
            });
        if (name == "volumes")
            return each_in(root, name, [&](const Fd& folder, const std::string& one) {
                const auto owner = volumes_.find(one);
                add("containers", owner == volumes_.end() ? one : owner->second, counter_.count(folder, one), false);
            });
        if (name == "blobs") return measure_blobs(root);
        if (const auto kind = kinds.find(name); kind != kinds.end())
            return each_in(root, name, [&](const Fd& folder, const std::string& one) {
                add(kind->second, one, counter_.count(folder, one), !one.ends_with(".lock"));
            });
        add(name.starts_with("store.db") ? "database" : "other", name, counter_.count(root, name), true);
    }

    template <typename Visit>
    void each_in(const Fd& parent, const std::string& name, Visit visit) {
        const auto status = runtime::stat_at(parent, name);
        if (!status || !S_ISDIR(status->st_mode)) return add("other", name, counter_.count(parent, name), true);
        const Fd folder = runtime::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        add("other", "", counter_.count_alone(runtime::stat_of(folder)), false);
        for (const runtime::FolderEntry& entry : runtime::list_folder(folder)) visit(folder, entry.name);
    }

    void measure_blobs(const Fd& root) {
        each_in(root, "blobs", [&](const Fd& blobs, const std::string& algorithm) {
            each_in(blobs, algorithm, [&](const Fd& folder, const std::string& hex) {
                const auto digest = layers::Digest::parse_if_valid(algorithm + ":" + hex);
                const auto blob = digest ? store_.blobs().find(*digest) : std::nullopt;
                const bool is_layer = blob && blob->diff_id;
                const std::int64_t bytes = counter_.count(folder, hex);
                if (is_layer && !kept_layers_.contains(blob->diff_id->text())) use_.prunable_bytes += bytes;
                add(is_layer ? "packed layers" : "downloads", digest ? digest->text() : hex, bytes, true);
            });
        });
    }

    void add_layer(const std::string& folder, std::int64_t bytes) {
        const auto known = owners_.find(folder);
        const bool is_container = known != owners_.end() && !known->second.container.empty();
        if (!is_container && (known == owners_.end() || !known->second.stays)) use_.prunable_bytes += bytes;
        if (known == owners_.end()) return add("cached layers", folder, bytes, true);
        const Owners& owners = known->second;
        if (!owners.container.empty()) return add("containers", owners.container, bytes, true);
        for (const std::size_t image : owners.images) {
            use_.images[image].bytes += bytes;
            if (owners.images.size() == 1) use_.images[image].unshared_bytes += bytes;
        }
        const bool is_shared = owners.images.size() + owners.containers > 1;
        add(is_shared ? "shared layers" : "unshared layers", "", bytes, true);
    }

    /// With a name it is an item of its own, or belongs to the one of that name.
    void add(const std::string& kind, const std::string& name, std::int64_t bytes, bool counts) {
        use_.total_bytes += bytes;
        auto found =
            std::find_if(use_.kinds.begin(), use_.kinds.end(), [&](const auto& one) { return one.name == kind; });
        found->bytes += bytes;
        found->number += counts ? 1 : 0;
        if (!name.empty()) items_[{kind, name}] += bytes;
    }

    void finish() {
        for (const auto& [key, bytes] : items_) use_.items.push_back({key.first, key.second, bytes});
        std::stable_sort(use_.items.begin(), use_.items.end(), [](const auto& left, const auto& right) {
            return std::tie(left.kind, right.bytes) < std::tie(right.kind, left.bytes);
        });
        std::stable_sort(use_.images.begin(), use_.images.end(),
                         [](const auto& left, const auto& right) { return left.bytes > right.bytes; });
        struct statvfs file_system {};
        if (::statvfs(store_.location().root.c_str(), &file_system) == 0)
            use_.free_bytes = static_cast<std::int64_t>(file_system.f_bavail * file_system.f_frsize);
        use_.is_whole = counter_.is_whole();
    }

    layers::Store& store_;
    BlockCounter counter_;
    DiskUse use_;
    std::set<std::string> doomed_;                ///< images, by ID
    std::set<std::string> kept_layers_;           ///< diff IDs
    std::map<std::string, Owners> owners_;        ///< by the name of a folder below layers/
    std::map<std::string, std::string> volumes_;  ///< by the ID of a container, its name
    std::map<std::pair<std::string, std::string>, std::int64_t> items_;
};

}  // namespace

DiskUse measure_disk_use(layers::Store& store) {
    return Measurement(store).measure();
}

}  // namespace builder
