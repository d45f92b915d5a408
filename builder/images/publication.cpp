#include "builder/images/publication.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "layers/compression.hpp"
#include "layers/store/original_tar.hpp"
#include "layers/tar_split.hpp"
#include "registry/podman/storage_users.hpp"
#include "registry/settings/storage_conf.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/sys/file.hpp"
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

/// Made beside and moved into place once it is whole and on the disk.
void make_tar_split(layers::Store& store, const layers::LayerRecord& layer, const std::string& path) {
    const std::string staged = store.staging().new_path();
    try {
        runtime::FileSink file(runtime::open_path(staged, O_WRONLY | O_CREAT | O_EXCL, 0600), staged);
        const auto gzip = layers::make_compressor(layers::Compression::gzip, 1, file, 1);
        layers::TarSplitSink split(*gzip);
        layers::write_original_tar(store.blobs(), layer, split);
        split.finish();
        gzip->finish();
        if (::fdatasync(file.file().get()) != 0 || ::rename(staged.c_str(), path.c_str()) != 0)
            throw SystemError("cannot write {}", runtime::quoted(path));
    } catch (...) {
        ::unlink(staged.c_str());
        throw;
    }
}

}  // namespace

std::string published_folder(const layers::StoreLocation& location) {
    return location.root + "/podman";
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
    if (store_.driver() != overlay::Driver::overlayfs)
        throw Error("Podman cannot use the store {}: it has copies instead of overlays{}", root,
                    store_.refusal_of_overlayfs().empty() ? "" : ", because " + store_.refusal_of_overlayfs())
            .with_hint(
                "builder push IMAGE containers-storage: is not written either; use docker-archive: and podman load");
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

std::map<std::string, std::string> Publication::users() const {
    std::vector<registry::StorageSettings> files = {registry::storage_settings()};
    if (const std::string noted = storage_conf(); !noted.empty() && noted != files.front().file)
        files.push_back(registry::storage_settings(noted));
    std::vector<registry::StorageRoots> stores;
    for (const registry::StorageSettings& settings : files) {
        stores.push_back({settings.root, settings.runroot});
        for (const std::string& root : settings.additional)
            if (root != folder()) stores.push_back({root, ""});
    }
    return registry::users_of_layers(stores);
}

std::map<std::string, std::string> Publication::published_users() const {
    const std::set<std::string> published = all_layers();
    std::map<std::string, std::string> found = users();
    std::erase_if(found, [&](const auto& one) { return !published.contains(one.first); });
    return found;
}

std::set<std::string> Publication::folders_of(const std::set<std::string>& ids) const {
    std::set<std::string> names;
    for (const auto& [id, path] : published_.layer_folders())
        if (ids.contains(id)) names.insert(folder_name(path));
    return names;
}

std::set<std::string> Publication::all_layers() const {
    std::set<std::string> ids;
    for (const auto& [id, path] : published_.layer_folders()) ids.insert(id);
    return ids;
}

std::set<std::string> Publication::used_folders() {
    if (!is_there()) return {};
    try {
        std::set<std::string> used;
        for (const auto& [id, user] : users()) used.insert(id);
        return folders_of(published_.with_those_below(used));
    } catch (const Error& error) {
        runtime::log_debug("all published layers count as used: {}", error.full_message());
        return folders_of(all_layers());
    }
}

std::set<std::string> Publication::withdraw() {
    if (!is_there()) return {};
    const runtime::FileLock lock = published_.lock();
    std::set<std::string> wanted;
    for (const registry::PublishedLayer& layer : show().layers) wanted.insert(layer.id);
    try {
        std::map<std::string, std::string> of_users;
        const bool is_done = published_.keep_only([&] {
            of_users = users();
            std::set<std::string> kept = wanted;
            for (const auto& [id, user] : of_users) kept.insert(id);
            return published_.with_those_below(kept);
        });
        if (is_done)
            tell_kept(wanted, of_users);
        else
            notices_.emplace_back("kept all layers that are published: Podman reads them just now");
    } catch (const Error& error) {
        notices_.push_back("kept all layers that are published, as it is not known which Podman uses: " +
                           error.full_message());
    }
    return folders_of(all_layers());
}

void Publication::tell_kept(const std::set<std::string>& wanted, const std::map<std::string, std::string>& users) {
    std::size_t count = 0;
    std::set<std::string> reasons;
    for (const auto& [id, path] : published_.layer_folders()) {
        if (wanted.contains(id)) continue;
        ++count;
        if (const auto user = users.find(id); user != users.end()) reasons.insert(user->second);
    }
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
