#include "builder/containers/container_removal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <set>

#include "builder/containers/container_mount.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/folder_entries.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

std::string folder_of_all(const layers::Store& store) {
    return store.location().root + "/volumes";
}

std::string folder_of(const layers::Store& store, const std::string& container_id) {
    return folder_of_all(store) + "/" + container_id;
}

}  // namespace

std::string folder_beside(const WorkingContainer& container) {
    return folder_of(container.store(), container.record().id);
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

void remove_stray_belongings(layers::Store& store) {
    const auto all = runtime::open_if_exists(folder_of_all(store), O_RDONLY | O_DIRECTORY);
    if (!all) return;
    std::set<std::string> known;
    for (const layers::ContainerRecord& container : store.containers().list()) known.insert(container.id);
    for (const runtime::FolderEntry& entry : runtime::list_folder(*all))
        if (!known.contains(entry.name)) runtime::remove_tree(folder_of(store, entry.name));
}

}  // namespace builder
