#include "builder/containers/kept_volumes.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "builder/containers/container_mount.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/steps/copy_files.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/ownership.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

std::string folder_of_all(const layers::Store& store) {
    return store.location().root + "/volumes";
}

std::string folder_of(const layers::Store& store, const std::string& container_id) {
    return folder_of_all(store) + "/" + container_id;
}

/// A copy of what the container has there, with the metadata of the folder itself.
void fill(const WorkingContainer& container, const std::string& path, layers::StagedLayer& staged) {
    const CopySource files(container.whole().lower_folders(), true, "the container");
    CopyPart part;
    part.source = &files;
    part.place = files.view().resolve(path);
    overlay::UpperFolder upper(staged.diff_path(), overlay::LayeredView({}, overlay::store_marks()));
    upper.open_folder("content", {0755, 0, 0});
    if (!part.place.entry || !part.place.entry->is_folder()) return;
    part.tree = files.look(part.place, nullptr);
    const CopyOptions options;
    CopyWriter(upper, options).copy_itself(part, "/content/");
}

}  // namespace

std::string folder_beside(const WorkingContainer& container) {
    return folder_of(container.store(), container.record().id);
}

std::string kept_volume(WorkingContainer& container, const std::string& path) {
    const std::string folder = folder_beside(container);
    const std::string place = folder + "/" + std::string(layers::Digest::of(path).hex()).substr(0, 16);
    if (::access(place.c_str(), F_OK) == 0) return place;
    runtime::make_folders(folder, 0700);
    layers::StagedLayer staged = container.store().staging().new_layer();
    fill(container, path, staged);
    // Two runs that begin at once both fill one; the second finds the place taken.
    if (::rename((staged.diff_path() + "/content").c_str(), place.c_str()) != 0 && errno != ENOTEMPTY &&
        errno != EEXIST)
        throw runtime::SystemError("cannot keep the volume {}", runtime::quoted(path));
    return place;
}

namespace {

/// With the lock held alone.
void remove_locked(layers::Store& store, const layers::ContainerRecord& container) {
    discard_mount(store, container);
    store.containers().remove(container);
    const std::string folder = folder_of(store, container.id);
    if (::access(folder.c_str(), F_OK) == 0) runtime::remove_tree(folder);
    // Who waits for the lock finds that the container is gone, and nobody ever gets its ID again.
    store.locks().remove(container.id);
}

[[noreturn]] void throw_in_use(const layers::ContainerRecord& container) {
    throw runtime::Error("the container {} is in use by another command", runtime::quoted(container.name))
        .with_hint("it can be removed when that has ended");
}

}  // namespace

void remove_working_container(layers::Store& store, const layers::ContainerRecord& container) {
    runtime::FileLock lock;
    store.transactions().with_room([&] { lock = container_lock(store, container); });
    if (!lock.try_lock(runtime::FileLock::Kind::exclusive)) throw_in_use(container);
    remove_locked(store, container);
}

void remove_working_container(WorkingContainer& container) {
    if (!container.try_lock_for_removal()) throw_in_use(container.record());
    remove_locked(container.store(), container.record());
}

void remove_stray_volumes(layers::Store& store) {
    const auto all = runtime::open_if_exists(folder_of_all(store), O_RDONLY | O_DIRECTORY);
    if (!all) return;
    std::set<std::string> known;
    for (const layers::ContainerRecord& container : store.containers().list()) known.insert(container.id);
    for (const runtime::FolderEntry& entry : runtime::list_folder(*all))
        if (!known.contains(entry.name)) runtime::remove_tree(folder_of(store, entry.name));
}

}  // namespace builder
