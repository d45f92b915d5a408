#include "builder/images/publication.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "layers/store/original_tar.hpp"
#include "layers/store/tar_split_file.hpp"
#include "registry/podman/storage_users.hpp"
#include "registry/settings/storage_conf.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::SystemError;

/// Of the layers, the folder's name below layers/: ".../NAME/diff".
std::string folder_name(const std::string& diff_path) {
    const std::size_t end = diff_path.rfind('/');
    if (end == std::string::npos || end == 0) return "";
    const std::size_t begin = diff_path.rfind('/', end - 1);
    return begin == std::string::npos ? "" : diff_path.substr(begin + 1, end - begin - 1);
}

/// Most layers have one since they were sealed. One file serves all places that a layer has in images.
void make_tar_split(layers::Store& store, const layers::LayerRecord& layer, const std::string& path) {
    const std::string kept = layers::tar_split_path(store.location(), layer.diff_id);
    if (::access(kept.c_str(), F_OK) != 0) {
        layers::TarSplitFile file(store.staging().new_path());
        layers::write_original_tar(store.blobs(), layer, file);
        file.keep(kept);
    }
    if (::link(kept.c_str(), path.c_str()) != 0 && errno != EEXIST)
        throw SystemError("cannot make {}", runtime::quoted(path));
}

/// Of layers that are gone, or never were in an image.
void remove_unlinked(const std::string& folder_path) {
    const runtime::Fd folder = runtime::open_path(folder_path, O_RDONLY | O_DIRECTORY);
    for (const runtime::FolderEntry& entry : runtime::list_folder(folder))
        if (const auto status = runtime::stat_at(folder, entry.name); status && status->st_nlink == 1)
            ::unlinkat(folder.get(), entry.name.c_str(), 0);
}

registry::PublishedIds ids_of(const registry::StorageUsers& users) {
    registry::PublishedIds ids;
    for (const auto& [id, user] : users.layers) ids.layers.insert(id);
    for (const auto& [id, user] : users.images) ids.images.insert(id);
    return ids;
}

}  // namespace

std::string published_folder(const layers::StoreLocation& location) {
    return std::filesystem::weakly_canonical(location.root).string() + "/podman";
}

Publication::Publication(layers::Store& store) : store_(store), published_(published_folder(store.location())) {}

std::string Publication::storage_conf() const {
    return runtime::read_file_if_exists(folder() + "/storage.conf.path").value_or("");
}

void Publication::refuse_if_unreadable() const {
    const std::string root = runtime::quoted(store_.location().root);
    if (runtime::owners_are_aside())
        throw Error(
            "Podman cannot use the store {}: it keeps the owners of files beside them, as its user has one ID only",
            root)
            .with_hint("ask for ranges of IDs in /etc/subuid and /etc/subgid, and build in a new store");
    if (folder().find_first_of(":,\\\"") != std::string::npos)
        throw Error(
            "Podman cannot use the store {}: its path has a character that stands between paths in mount options", root)
            .with_hint("use a store whose path has no colon, comma, quote or backslash");
    if (store_.driver() != overlay::Driver::overlayfs)
        throw Error("Podman cannot use the store {}: it has copies instead of overlays{}", root,
                    store_.refusal_of_overlayfs().empty() ? "" : ", because " + store_.refusal_of_overlayfs())
            .with_hint("hand images over with builder push IMAGE docker-archive:FILE and podman load -i FILE");
}

void Publication::begin(const std::string& storage_conf) {
    published_.make();
    runtime::replace_file(folder() + "/storage.conf.path", storage_conf, 0600);
    refresh();
}

PublishedImages Publication::show() {
    PublishedImages images = images_to_publish(store_);
    const auto shown = published_.show(images.layers, images.images,
                                       [&](const registry::PublishedLayer& layer, const std::string& path) {
                                           make_tar_split(store_, images.records.at(layer.id), path);
                                       });
    for (const std::string& id : images.unreadable)
        notices_.push_back(
            fmt::format("Podman does not see the image {}: its configuration has a time that Podman "
                        "cannot read",
                        id.substr(0, 19)));
    for (const auto& [id, problem] : shown.without_tar)
        notices_.push_back(fmt::format("Podman can run images with the layer {}, but not push or save them: {}",
                                       images.records.at(id).diff_id.text().substr(0, 19), problem));
    return images;
}

void Publication::refresh() {
    if (!is_there()) return;
    const runtime::FileLock lock = published_.lock();
    show();
}

registry::StorageUsers Publication::users() const {
    std::vector<registry::StorageSettings> files = {registry::storage_settings()};
    if (const std::string noted = storage_conf(); !noted.empty() && noted != files.front().file)
        files.push_back(registry::storage_settings(noted));
    std::vector<registry::StorageRoots> stores;
    for (const registry::StorageSettings& settings : files) {
        stores.push_back({settings.root, settings.runroot});
        for (const std::string& root : settings.additional)
            if (root != folder()) stores.push_back({root, ""});
    }
    return registry::users_of_storage(stores);
}

std::set<std::string> Publication::published_users() const {
    const registry::PublishedIds published = published_.ids();
    const registry::StorageUsers found = users();
    std::set<std::string> names;
    for (const auto& [id, user] : found.layers)
        if (published.layers.contains(id)) names.insert(user);
    for (const auto& [id, user] : found.images)
        if (published.images.contains(id)) names.insert(user);
    return names;
}

std::set<std::string> Publication::folders_of(const std::set<std::string>& ids) const {
    std::set<std::string> names;
    for (const auto& [id, path] : published_.layer_folders())
        if (ids.contains(id)) names.insert(folder_name(path));
    return names;
}

std::set<std::string> Publication::used_folders() {
    if (!is_there()) return {};
    try {
        return folders_of(published_.with_those_below(ids_of(users())).layers);
    } catch (const Error& error) {
        runtime::log_debug("all published layers count as used: {}", error.full_message());
        return folders_of(published_.ids().layers);
    }
}

std::set<std::string> Publication::withdraw() {
    if (!is_there()) return {};
    const runtime::FileLock lock = published_.lock();
    const PublishedImages shown = show();
    registry::PublishedIds wanted;
    for (const registry::PublishedLayer& layer : shown.layers) wanted.layers.insert(layer.id);
    for (const registry::PublishedImage& image : shown.images) wanted.images.insert(image.id);
    try {
        registry::StorageUsers of_users;
        const bool is_done = published_.keep_only([&] {
            of_users = users();
            registry::PublishedIds kept = ids_of(of_users);
            kept.layers.merge(std::set(wanted.layers));
            kept.images.merge(std::set(wanted.images));
            return published_.with_those_below(kept);
        });
        if (is_done) {
            remove_unlinked(layers::tar_splits_folder(store_.location()));
            tell_kept(wanted, of_users);
        } else {
            notices_.emplace_back("kept all layers that are published: Podman reads them just now");
        }
    } catch (const Error& error) {
        notices_.push_back("kept all layers that are published, as it is not known which Podman uses: " +
                           error.full_message());
    }
    return folders_of(published_.ids().layers);
}

void Publication::tell_kept(const registry::PublishedIds& wanted, const registry::StorageUsers& users) {
    std::size_t count = 0;
    std::set<std::string> reasons;
    const registry::PublishedIds left = published_.ids();
    const auto note = [&](const std::string& id, const std::map<std::string, std::string>& by_id) {
        if (const auto user = by_id.find(id); user != by_id.end()) reasons.insert(user->second);
    };
    for (const std::string& id : left.layers)
        if (!wanted.layers.contains(id)) {
            ++count;
            note(id, users.layers);
        }
    for (const std::string& id : left.images)
        if (!wanted.images.contains(id)) note(id, users.images);
    if (count == 0) return;
    notices_.push_back(
        fmt::format("kept {} layer{} that Podman uses: {}", count, count == 1 ? "" : "s", fmt::join(reasons, ", ")));
}

void Publication::end() {
    const std::string gone = store_.staging().new_path();
    if (::rename(folder().c_str(), gone.c_str()) != 0) throw SystemError("cannot remove {}", runtime::quoted(folder()));
    runtime::remove_tree(gone);
}

std::vector<std::string> Publication::take_notices() {
    return std::exchange(notices_, {});
}

}  // namespace builder
