// The store as Podman and its relatives see it, kept as the store is.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "builder/images/published_images.hpp"
#include "layers/store/layer_users.hpp"
#include "layers/store/store.hpp"
#include "registry/podman/published_store.hpp"
#include "registry/podman/storage_users.hpp"

namespace builder {

/// Where the published store of a store lies.
std::string published_folder(const layers::StoreLocation& location);

/// One process may have several; they take turns. Not thread-safe, but for what Garbage asks.
class Publication final : public layers::LayerUsers {
public:
    /// Does nothing yet. The store outlives it.
    explicit Publication(layers::Store& store);

    bool is_there() const noexcept { return published_.is_there(); }
    const std::string& folder() const noexcept { return published_.folder(); }
    /// The storage.conf that names it; empty where none was noted.
    std::string storage_conf() const;

    /// Throws Error where the store is one that others cannot read.
    void refuse_if_unreadable() const;
    /// Publishes the store, or notes another file. Throws Error.
    void begin(const std::string& storage_conf);
    /// Makes it show what the store has now. Throws Error.
    void refresh();
    /// The containers, images and layers of Podman that stand on it, as messages name them. Throws Error.
    std::set<std::string> published_users() const;
    /// Takes it away; what still uses it loses its layers with the next collection.
    void end();

    std::set<std::string> used_folders() override;
    std::set<std::string> withdraw() override;

    /// For people: what stays and why, what cannot be copied out and why. Empties the list.
    std::vector<std::string> take_notices();

private:
    PublishedImages show();
    registry::StorageUsers users() const;
    std::set<std::string> folders_of(const std::set<std::string>& ids) const;
    void tell_kept(const registry::PublishedIds& wanted, const registry::StorageUsers& users);

    layers::Store& store_;
    registry::PublishedStore published_;
    std::vector<std::string> notices_;
};

}  // namespace builder
